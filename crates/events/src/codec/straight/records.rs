//! Records by their fields, in the order of the schema.

use super::super::fault::Fault;
use super::super::input::Input;
use super::{Datum, Writable, pass_over};
use crate::{
    ApologyFinding, Author, BrandMatch, BrandTone, Call, Case, CaseMention, ChurnFinding, Classification,
    ClassifiedMention, Clock, Coordination, Driver, EmotionFinding, EnrichedMention, Enrichment, HarmFinding, Incident,
    IntentFinding, Language, Lineage, Media, Mention, Notification, PersonalData, PlaceMatch, ProductMatch,
    ProgrammeMatch, RequestFinding, SaidWords, Seen, SeenEntry, Sentiment, Severity, SeverityFactor, Step, Tally,
    TermCount, TextSpan, ThemeFinding,
};

macro_rules! records {
    ($($type:ident { $($field:ident),+ $(,)? })+) => {$(
        impl Datum for $type {
            fn read(from: &mut Input<'_>) -> Result<Self, Fault> {
                Ok(Self { $($field: Datum::read(from)?),+ })
            }
            fn pass(from: &mut Input<'_>) -> Result<(), Fault> {
                $(pass_over(|whole: &Self| &whole.$field, from)?;)+
                Ok(())
            }
        }
        impl Writable for $type {
            fn write(&self, into: &mut Vec<u8>) {
                $(self.$field.write(into);)+
            }
        }
    )+};
}

records! {
    Mention {
        id, revision, kind, source, native_id, channel, owned_channel, from_brand, author, thread_id, parent_id, text,
        language, url, urls, media, reach, repost, published_at, received_at, event_time, clamped, brand_hints, express,
        drill,
    }
    Author { id, handle, name, followers, verified }
    Media { kind, url, alt_text }
    EnrichedMention { mention, enrichment }
    Enrichment {
        person, first, language, brands, products, matched_rules, author_role, joined, copied_text, book_version,
        programmes, geo, personal_data, coordination,
    }
    Coordination { accounts, likelihood }
    ProgrammeMatch { id, brand, span }
    PlaceMatch { id, alias, span }
    PersonalData { kind, span }
    Language { tag, confidence, source }
    BrandMatch { id, confidence, spans }
    ProductMatch { id, brand, alias, span, confidence }
    TextSpan { start, end }
    ClassifiedMention { mention, enrichment, classification }
    Classification {
        sentiment, intent, themes, main_theme, harm, firsthand, severity, unsure, model, book_version, brand_tones,
        emotion, offensive, hate, irony, requests, churn, wow, referral, apology, phrases_to_avoid,
    }
    Sentiment { label, negative, neutral, positive, spans }
    IntentFinding { label, confidence, spans, rule }
    ThemeFinding { id, brand, polarity, reason, span, confidence }
    HarmFinding { class, subclass, confidence, span, rule, target, time }
    Severity { score, factors }
    SeverityFactor { name, points, evidence }
    BrandTone { brand, tone }
    EmotionFinding { label, confidence }
    RequestFinding { parameter, value, span }
    ChurnFinding { risk, trigger, span, rule }
    ApologyFinding { due, rule }
    Seen { entries }
    SeenEntry { id, revision, deleted, person, at, said }
    SaidWords { copied_text, followers }
    Lineage { stage, partition, first_offset, last_offset }
    TermCount { term, count }
    Tally {
        brand, subject_kind, subject, kind, intent, source_class, minute, mentions, reposts, negative, positive, persons,
        samples, terms, lineage,
    }
    Step { index, at, kind, detail }
    Driver { kind, value, count }
    Incident {
        incident_id, revision, brand, kind, theme, state, mode, severity, onset_at, opened_at, updated_at, resolved_at,
        expected, observed, window_minutes, score, peak_at, mentions, people, persons, drivers, samples, called,
        unconfirmed, steps, step_count, book_version,
    }
    CaseMention { id, revision, at, from, source, channel, deleted }
    Clock { name, policy, started_at, warn_at, due_at, outcome, warned_at, ended_at, unconfirmed }
    Case {
        case_id, revision, brand, person, matter, theme, state, queue, route_reason, intent, severity, clocks, mentions,
        mention_count, threads, opened_at, updated_at, steps, step_count, book_version,
    }
    Call {
        call_id, recipient, reason, subject_kind, subject_id, brand, severity, at, due_at, summary, unconfirmed,
        book_version,
    }
    Notification {
        notification_id, recipient, reason, subject_kind, subject_id, brand, severity, at, due_at, summary, calls,
        unconfirmed, book_version,
    }
}
