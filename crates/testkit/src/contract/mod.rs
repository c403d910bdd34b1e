//! What every log must do: named cases against the ports, run over the embedded log and over real Kafka.
//!
//! A case gets a log of its own through a [`Harness`] and panics when a rule is broken. `contract_tests!` makes one test of
//! each; [`cases`] lists them for those who want to see a case fail.

mod fencing;
mod full;
mod harness;
mod offsets;
mod partial;
mod records;
mod restore;
mod visibility;

pub use harness::Harness;

/// A case: its name, which is its claim, and the check.
pub type Case<H> = (&'static str, fn(&H));

macro_rules! contract {
    ($d:tt $($module:ident: $($name:ident),+;)+) => {
        $(pub use $module::{$($name),+};)+

        /// Every case.
        pub fn cases<H: Harness>() -> Vec<Case<H>> {
            vec![$($((stringify!($name), $module::$name::<H> as fn(&H)),)+)+]
        }

        /// Makes a test of each case; the argument is an expression that makes a fresh harness.
        #[macro_export]
        macro_rules! contract_tests {
            ($d harness:expr) => {
                $($(
                    #[test]
                    fn $name() {
                        $d crate::contract::$name(&$d harness);
                    }
                )+)+
            };
        }
    };
}

contract! { $
    visibility:
        committed_records_are_read_in_the_order_of_their_commit,
        records_of_an_open_transaction_are_not_seen,
        aborted_records_are_never_seen,
        no_reader_passes_an_open_transaction,
        the_records_of_a_partition_keep_their_order_whoever_reads_them;
    offsets:
        offsets_and_turn_become_committed_with_the_transaction,
        a_topic_without_a_commit_stands_at_its_start,
        a_turn_that_moved_no_offset_is_committed_with_its_number,
        a_transaction_that_fails_leaves_the_offsets_as_they_were,
        a_member_that_starts_again_reads_on_from_what_is_committed;
    fencing:
        the_newer_of_two_members_with_one_id_replaces_the_older,
        an_expelled_member_commits_nothing,
        an_expelled_member_that_only_fires_timers_commits_nothing,
        a_worker_stopped_over_a_deadline_fires_nothing_twice,
        a_partition_that_comes_back_after_a_mere_timer_is_restored_and_not_reused,
        a_partition_that_comes_back_untouched_is_reused;
    restore:
        a_restore_waits_for_a_transaction_that_is_open_below_the_table_end,
        a_worker_that_starts_in_the_middle_goes_on_as_if_nothing_had_happened,
        state_moves_with_its_partitions,
        a_worker_that_shuts_down_gives_its_partitions_up_at_once;
    records:
        a_poison_record_becomes_a_dead_letter_and_the_rest_goes_on,
        a_batch_that_fails_is_tried_again_and_counts_once,
        express_records_are_read_before_those_of_the_main_lane,
        every_record_read_has_one_verdict;
    partial:
        a_transaction_may_become_visible_one_partition_after_the_other,
        a_restore_waits_for_a_marker_that_is_not_written_yet,
        progress_is_taken_over_only_after_what_was_committed_before_it;
    full:
        a_partition_that_is_held_waits_in_the_log_until_it_is_seeked,
        a_stage_that_is_full_reads_on_when_there_is_room,
        a_stage_that_is_full_stays_so_when_it_starts_again;
}
