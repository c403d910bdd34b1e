//! A teacher: any command that reads texts and answers with probabilities, in whatever language it is written.
//!
//! It gets a JSON object `{"text": …}` a line on its standard input and writes for each a number from 0 to 1 to its standard output,
//! in the same order. Its standard error is the user's.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail, ensure};

/// Asks `command` about all `texts` and returns its probabilities in order. `progress` is told after each how many there are.
///
/// # Errors
/// It cannot be started, ends early or with an error, or answers with anything but one number from 0 to 1 a text.
pub(crate) fn ask(command: &str, texts: &[&str], progress: &mut dyn FnMut(usize)) -> Result<Vec<f64>> {
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start the teacher `{command}`"))?;
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        bail!("the teacher `{command}` has no standard input or output");
    };
    thread::scope(|scope| {
        // A teacher that ends early closes its input; its answers and its status tell more than that error would.
        scope.spawn(move || drop(write(input, texts)));
        let answers = finish(&mut child, read(output, texts.len(), progress))?;
        let (count, asked) = (answers.len(), texts.len());
        ensure!(count == asked, "the teacher gave {count} answers to {asked} texts");
        Ok(answers)
    })
}

fn write(input: ChildStdin, texts: &[&str]) -> Result<()> {
    let mut input = BufWriter::new(input);
    for text in texts {
        serde_json::to_writer(&mut input, &serde_json::json!({ "text": text }))?;
        input.write_all(b"\n")?;
    }
    Ok(input.flush()?)
}

/// The answers, as many as there are up to `expected`.
fn read(output: ChildStdout, expected: usize, progress: &mut dyn FnMut(usize)) -> Result<Vec<f64>> {
    let mut answers = Vec::with_capacity(expected);
    for line in BufReader::new(output).lines() {
        let line = line.context("the teacher's answers cannot be read")?;
        let number = answers.len() + 1;
        ensure!(number <= expected, "the teacher answers more than the {expected} texts that it was asked about");
        let probability = line.trim().parse::<f64>().ok().filter(|answer| (0.0..=1.0).contains(answer));
        let probability = probability
            .with_context(|| format!("answer {number} of the teacher is `{line}`, and no number from 0 to 1"))?;
        answers.push(probability);
        progress(number);
    }
    Ok(answers)
}

/// Waits for the teacher to end, which one that answered wrongly is made to.
fn finish(child: &mut Child, answers: Result<Vec<f64>>) -> Result<Vec<f64>> {
    if answers.is_err() {
        // It may have ended by itself.
        drop(child.kill());
    }
    let status = child.wait().context("the teacher cannot be waited for")?;
    let answers = answers?;
    ensure!(status.success(), "the teacher failed ({status}) after {} answers", answers.len());
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 3] = ["the \"gate\"\nis shut", "ok", "thanks"];

    fn refused(command: &str) -> String {
        format!("{:#}", ask(command, &TEXTS, &mut |_| {}).unwrap_err())
    }

    #[test]
    fn a_teacher_is_given_a_text_a_line_and_answers_in_order() {
        let mut seen = 0;
        let answers = ask("sed -e 's/.*gate.*/0.25/' -e '/text/s/.*/1/'", &TEXTS, &mut |number| seen = number).unwrap();
        assert_eq!((answers, seen), (vec![0.25, 1.0, 1.0], 3));
    }

    #[test]
    fn a_teacher_that_fails_or_answers_wrongly_is_told_apart() {
        let ended = refused("head -n 1 >/dev/null; echo 0.5; exit 3");
        assert!(ended.contains("failed (exit status: 3) after 1 answers"), "{ended}");
        let few = refused("cat >/dev/null; echo 0.5");
        assert!(few.contains("1 answers to 3 texts"), "{few}");
        let many = refused("cat >/dev/null; yes 0.5");
        assert!(many.contains("more than the 3 texts"), "{many}");
        for wrong in ["rude", "1.5", "NaN", ""] {
            let said = refused(&format!("cat >/dev/null; echo 0; echo '{wrong}'; exec sleep 1000"));
            assert!(said.contains(&format!("answer 2 of the teacher is `{wrong}`")), "{said}");
        }
    }
}
