//! The soak of what must not pass: executables with one deliberate defect each, until each is caught.

use std::fs;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use serde_json::{Value, json};
use stream::Defect;
use stream::service::Stop;

use crate::report::Report;
use crate::{Arguments, run};

/// Runs each defect, or the one that is named, until it is caught or its time is over.
///
/// # Errors
/// Something does not start, or the result cannot be written.
pub(crate) fn controls(arguments: &Arguments, stop: &Arc<Stop>) -> anyhow::Result<ExitCode> {
    let mut results = Vec::new();
    let named = |defect: &Defect| arguments.defect.as_deref().is_none_or(|name| name == defect.name());
    for defect in Defect::ALL.into_iter().filter(named) {
        if stop.is_wanted() {
            break;
        }
        println!("\nCONTROL `{}`", defect.name());
        let (focus, defect) = (Some(shows_in(defect).to_owned()), defect.name().to_owned());
        let one = Arguments { defect: Some(defect.clone()), focus, until_caught: true, ..arguments.clone() };
        let report = run::soak(&one, stop)?;
        let result = told(&defect, &report);
        println!("  {result}");
        results.push(result);
        let json = serde_json::to_string_pretty(&results)?;
        fs::write(&arguments.json, json).with_context(|| format!("cannot write `{}`", arguments.json.display()))?;
    }
    println!("\nCONTROLS");
    for result in &results {
        let (caught, defect) = (result["caught"] == true, &result["defect"]);
        let how = match caught {
            true => format!("caught by {} after {} faults", result["caught_by"], result["after_faults"]),
            false => "NOT CAUGHT".to_owned(),
        };
        println!("  {:<26}{how}", defect.as_str().unwrap_or_default());
    }
    let all = results.iter().all(|result| result["caught"] == true);
    Ok(if all && !stop.is_wanted() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The stage in which a defect shows first: where it is alone, or where most is at stake.
const fn shows_in(defect: Defect) -> &'static str {
    match defect {
        Defect::StoreWithoutCompare => "sink",
        Defect::TimerStampedLate | Defect::TickWithoutOffsets | Defect::TickAlone | Defect::RestoreToStable => {
            "escalate"
        }
        Defect::HorizonLost | Defect::StateMergedEarly => "enrich",
        _ => "classify",
    }
}

fn told(defect: &str, report: &Report) -> Value {
    let first = report.violations.first();
    json!({
        "defect": defect,
        "caught": !report.is_clean(),
        "caught_by": first.map(|violation| violation.check),
        "what": first.map(|violation| violation.what.clone()),
        "after_faults": report.faults.values().sum::<usize>(),
        "seconds": report.lasted.as_secs_f64().round(),
    })
}
