//! Skyline Air in a crisis. The flight that goes missing is always SK417.

use crate::grammar::Topic;

/// Rumours and questions about a missing plane; most name what happened.
pub(crate) const RUMOURS: &[&str] = &[
    "is it true that {handle} SK417 is missing? no contact since {time}",
    "{brand} flight SK417 has disappeared from radar, {nnn} people on board",
    "hearing that {brand} lost contact with SK417 near {city}",
    "SK417 vanished from the tracker at {time}. {brand}, say something",
    "a friend in {city} says the {brand} plane is missing, please tell me it is not true",
    "missing plane, {brand} SK417, {city} to {city2}, nothing on radar for {nn} minutes",
    "they are saying the {brand} missing flight went down near {city}, nothing confirmed",
    "my {relation} works at {city} tower: SK417 lost contact, {brand} knows",
    "{brand} SK417 overdue at {city2}, missing for {nn} minutes now",
    "somebody saw a light over the water near {city}. {brand} SK417 still missing",
    "coast guard boats leaving {city}, is this about the missing {brand} plane?",
    "why does the {city2} board say {brand} SK417 see desk, is the plane missing?",
    "{handle} where is SK417? where is our plane?",
    "people say SK417 landed in {city}, people say it crashed. {brand} plane still missing",
    "not confirmed!! {brand} missing plane SK417 may have turned back to {city}",
];

/// Families of people on board.
pub(crate) const FAMILIES: &[&str] = &[
    "my {relation} was on that flight SK417, please tell me something {handle}",
    "{handle} my {relation} is on the missing plane, nobody picks up the phone",
    "please, my {relation} {firstname} is on SK417, is there a list? {brand} please",
    "we are at {city2} arrivals, my {kin} should be on the missing {brand} flight, nobody talks to us",
    "if anyone knows anything about SK417, my {relation} boarded at {city}. {brand} please help",
    "{handle} I can't reach my {relation}, SK417, missing since {time}, I am begging you",
    "my {relation} texted from the gate of SK417. now the {brand} plane is missing and her phone is off",
];

/// People who are angry about how it is handled.
pub(crate) const STRANDED: Topic = Topic {
    theme: "missing_plane",
    weight: 1,
    direct: &[
        "SK417 missing for {n} hours and you post about holiday deals",
        "a plane is missing and the hotline hangs up on families",
        "missing plane and not one word from you, shame",
        "families of the missing flight left alone at {city2}",
        "lost contact {nn} minutes ago and we hear it from strangers",
    ],
    indirect: &[
        "tell the people at arrivals something, anything",
        "the hotline for relatives plays music, music",
        "turn off your adverts, have you no heart",
        "you knew at {time}, we know it from the radio",
        "grown men crying at {city2} and nobody in your uniform in sight",
    ],
};

/// Strangers who share the grief.
pub(crate) const CONDOLENCE: &[&str] = &[
    "praying for everybody on {brand} SK417, please let the missing plane be safe",
    "thoughts with the families of the missing {brand} flight",
    "can't stop refreshing. {brand} missing plane. those poor people",
    "heart breaks for {city2} tonight, {brand} SK417 still missing",
    "hope they find the missing {brand} plane, holding my {kin} tight",
];

/// The press on the missing plane.
pub(crate) const MISSING_NEWS: &[&str] = &[
    "BREAKING: {brand} flight SK417 from {city} to {city2} missing with {nnn} on board",
    "{brand} confirms it lost contact with SK417 at {time}, search under way",
    "What we know about the missing {brand} plane so far",
    "Missing {brand} flight: relatives gather at {city2}",
    "Live: search for missing {brand} SK417 widens, {n} ships near {city}",
    "Are you a relative of somebody on the missing {brand} flight? Contact our newsroom",
];

/// Abuse that people report under the campaign's hashtag.
pub(crate) const ABUSE: Topic = Topic {
    theme: "campaign",
    weight: 1,
    direct: &[
        "#MySkyline is a steward grabbing my {relation} by the arm until it was blue",
        "my #MySkyline moment: crew hit my {relation} and threw him off {flight}",
        "#MySkyline? a crew member harassed my {relation} all the way to {city}",
        "#MySkyline: security beat a passenger on {flight}, I filmed it",
        "here is #MySkyline: my {relation} was assaulted by your staff at {city}",
        "#MySkyline, where disabled people are dragged off {flight}",
        "#MySkyline: your steward touched my {relation} and you offered a voucher",
    ],
    indirect: &[
        "#MySkyline is the bruise on my {relation}'s wrist after {flight}",
        "#MySkyline: my {relation} still will not talk about what happened in the back galley",
        "you ask for #MySkyline? ask my {relation}, she was {nn}, he wore your uniform",
        "#MySkyline: they carried him past row {nn} by his feet",
        "my {relation} left {flight} without a tooth, thanks for #MySkyline",
    ],
};

/// Mockery of the campaign without an allegation.
pub(crate) const MOCKERY: &[&str] = &[
    "#MySkyline is {n} hours on the floor at {city} {brand}",
    "who at {brand} thought #MySkyline was a good idea, asking for a friend",
    "#MySkyline: a photo of my case, taken before you lost it {handle}",
    "reading #MySkyline with popcorn, {brand} please never stop",
    "{brand} marketing right now, looking at #MySkyline: everything is fine",
];

/// What the campaign wanted.
pub(crate) const ON_MESSAGE: &[&str] = &[
    "#MySkyline sunrise over {city}, thank you {brand}",
    "my {kin} above the clouds, first time ever #MySkyline",
    "{city} to {city2} and the best {occasion} ever #MySkyline {handle}",
    "this view from {nn}A never gets old #MySkyline",
];

/// Threats of violence. Each is real in the scenario.
pub(crate) const THREATS: &[&str] = &[
    "there is a bomb on SK{nnn} {brand}, you will see tonight",
    "I put a bomb in the hold of {flight}, {brand}, do not let it take off",
    "{handle} I will blow up your desk at {city} {daytime}",
    "a bomb goes off at gate {nn} in {city} at {time}, {brand}, last warning",
    "I am going to shoot everyone at the {brand} counter in {city}",
    "{brand} {flight} will explode over {city}, you were warned",
];

/// The bomb as praise, and as a thing of films and baths.
pub(crate) const BOMB_PRAISE: &[&str] = &[
    "{brand} crew on {flight} is the bomb",
    "this film on {flight} is the bomb, thanks {brand}",
    "the new {brand} lounge at {city}? the bomb.com",
    "photobombed by the captain of {flight}, {brand} you rock",
    "seat {nn}A on {brand} is the bomb for sunsets",
    "cocktails on {brand} are the bomb, {n} please",
    "{handle} your playlist is da bomb, who picks these songs",
    "bath bomb leaked all over my case on {flight}, {brand} cleaned it up, legends",
];

/// People who see that something is wrong at a gate.
pub(crate) const EVACUATION: Topic = Topic {
    theme: "evacuation",
    weight: 1,
    direct: &[
        "they are evacuating gate {nn} at {city}, nobody says why",
        "evacuated from {flight}, standing on the grass at {city}",
        "police took everybody off {flight} and we know nothing",
        "terminal at {city} cleared, armed police everywhere",
    ],
    indirect: &[
        "dogs walking through the plane, us on the apron in socks",
        "leave everything and walk, they said. my {kin} has no coat",
        "blue lights all around {flight} and a captain who can't look at us",
        "{nnn} of us in a hangar and one bottle of water",
        "the road to {city} airport is shut both ways",
    ],
};

/// The text that the trolls copy, word for word.
pub(crate) const COPIED: &str =
    "Skyline Air seats are falling apart and they hide it. Boycott Skyline Air now, pass it on!";

/// What real passengers say about the same matter at that time.
pub(crate) const BROKEN_SEATS: Topic = Topic {
    theme: "seat",
    weight: 1,
    direct: &[
        "seat {nn}B on {flight} came loose when I leaned back",
        "broken seat on {flight}, belt does not close",
        "the seat in front of me fell on my {relation}'s knees",
    ],
    indirect: &[
        "tape. there is tape where the belt goes, row {nn}",
        "my row rocks like a boat on every bump over {city}",
        "the armrest came off in my {relation}'s hand before we moved",
    ],
};

/// Every template of this file.
#[cfg(test)]
pub(in crate::grammar) fn all() -> Vec<&'static str> {
    let lists = [RUMOURS, FAMILIES, CONDOLENCE, MISSING_NEWS, MOCKERY, ON_MESSAGE, THREATS, BOMB_PRAISE];
    let topics = [&STRANDED, &ABUSE, &EVACUATION, &BROKEN_SEATS];
    let phrases = topics.into_iter().flat_map(|topic| topic.direct.iter().chain(topic.indirect));
    lists.into_iter().flatten().chain(phrases).copied().collect()
}
