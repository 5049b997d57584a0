//! What pictures and films need: the sandbox, and the programs for films.

use ::media::sandbox::{Launcher, Protections, WorkerError, Workers, WorkersSettings};
use ::media::video::{VideoError, VideoTools};

use super::Finding;

pub(super) async fn examine() -> Vec<Finding> {
    let launcher = match Launcher::this_program() {
        Ok(launcher) => launcher,
        Err(error) => {
            let words = format!("this program cannot find itself to start a sandbox: {error}");
            return vec![Finding::problem("sandbox", words, "start it by its full path")];
        }
    };
    let workers = Workers::new(WorkersSettings::new(launcher.clone()));
    let protections = workers.protections().await;
    workers.close().await;
    vec![judge_sandbox(protections), judge_videos(VideoTools::find(launcher, None).await)]
}

fn judge_sandbox(protections: Result<Protections, WorkerError>) -> Finding {
    const TOPIC: &str = "sandbox";
    match protections {
        Ok(protections) if protections.are_complete() => {
            Finding::fine(TOPIC, "what reads pictures is locked up: no files, no network, limited memory")
        }
        Ok(protections) => {
            let missing = protections.missing().join("; ");
            let words = format!("what reads pictures is locked up only in part: {missing}");
            Finding::note(
                TOPIC,
                words,
                "run the hub on Linux 6.12 or newer, with landlock and seccomp switched on",
            )
        }
        Err(error) => {
            let mend = "without it pictures are kept safe all the same, but get no thumbnails";
            Finding::problem(TOPIC, format!("what reads pictures does not start: {}", in_full(&error)), mend)
        }
    }
}

fn judge_videos(tools: Result<VideoTools, VideoError>) -> Finding {
    const TOPIC: &str = "videos";
    match tools {
        Ok(tools) => {
            let (version, program) = (tools.version(), tools.ffmpeg().display());
            Finding::fine(TOPIC, format!("ffmpeg {version} at {program} makes pictures of videos"))
        }
        Err(error) => {
            let mend = "as root: apt-get install ffmpeg; videos are kept safe all the same";
            Finding::note(TOPIC, in_full(&error), mend)
        }
    }
}

fn in_full(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", in_full(source)),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use ::media::sandbox::FileSystem;

    use super::super::Level;
    use super::*;

    #[test]
    fn a_sandbox_with_a_gap_is_worth_a_note_and_none_is_a_problem() {
        let complete = Protections {
            limits: true,
            file_system: FileSystem::Closed,
            system_calls: true,
            no_new_privileges: true,
        };
        assert_eq!(judge_sandbox(Ok(complete)).level, Level::Fine);
        let open = judge_sandbox(Ok(Protections { file_system: FileSystem::Open, ..complete }));
        assert_eq!(open.level, Level::Note);
        assert!(open.words.contains("landlock"), "{}", open.words);
        let none = judge_sandbox(Err(WorkerError::NotStarted(std::io::Error::other("no room"))));
        assert_eq!(none.level, Level::Problem);
        assert!(none.words.contains("no room"), "{}", none.words);
    }

    #[test]
    fn missing_programs_for_videos_are_no_problem_but_said() {
        let missing = judge_videos(Err(VideoError::ToolsMissing("the program ffmpeg is missing".into())));
        assert_eq!(missing.level, Level::Note);
        assert!(missing.in_words().contains("apt-get install ffmpeg"), "{}", missing.in_words());
    }
}
