//! Somebody else's program in the sandbox: `cat` and `sh` stand for ffmpeg.

use std::path::{Path, PathBuf};
use std::time::Duration;

use media::sandbox::{Tool, ToolError, ToolLimits};

use super::launcher;

fn program(name: &str) -> PathBuf {
    Path::new("/bin").join(name).canonicalize().unwrap()
}

/// Runs a program of the system with these arguments.
async fn run(
    name: &str,
    arguments: &[&str],
    files: &[&Path],
    folder: Option<&Path>,
    limits: ToolLimits,
) -> Result<String, ToolError> {
    let launcher = launcher();
    let tool = Tool {
        launcher: &launcher,
        program: &program(name),
        arguments: arguments.iter().map(Into::into).collect(),
        files: files.iter().map(|file| file.to_path_buf()).collect(),
        folder: folder.map(Path::to_owned),
        limits,
    };
    tool.output(1 << 20).await.map(|said| String::from_utf8(said).unwrap())
}

fn limits() -> ToolLimits {
    ToolLimits { time: super::AGES, ..ToolLimits::default() }
}

struct Files {
    folder: tempfile::TempDir,
    given: PathBuf,
    secret: PathBuf,
}

#[expect(clippy::disallowed_methods, reason = "files of a test need not be durable")]
fn files() -> Files {
    let folder = tempfile::tempdir().unwrap();
    let (given, secret) = (folder.path().join("given"), folder.path().join("secret"));
    std::fs::write(&given, "given").unwrap();
    std::fs::write(&secret, "secret").unwrap();
    Files { folder, given, secret }
}

#[tokio::test]
async fn a_tool_reads_its_file_and_no_other() {
    let Files { given, secret, .. } = &files();
    let given_name = given.to_str().unwrap();
    assert_eq!(run("cat", &[given_name], &[given], None, limits()).await.unwrap(), "given");
    for path in [secret.to_str().unwrap(), "/etc/passwd", "/proc/self/environ"] {
        let refused = run("cat", &[path], &[given], None, limits()).await.unwrap_err();
        assert!(refused.to_string().contains("Permission denied"), "{path}: {refused}");
    }
}

#[tokio::test]
async fn a_tool_writes_in_its_folder_and_nowhere_else() {
    let Files { folder, given, .. } = &files();
    let scratch = folder.path().join("scratch");
    std::fs::create_dir(&scratch).unwrap();
    let script = format!("echo made > {}/made", scratch.display());
    run("sh", &["-c", &script], &[], Some(&scratch), limits()).await.unwrap();
    assert_eq!(std::fs::read_to_string(scratch.join("made")).unwrap(), "made\n");
    for target in [given.clone(), folder.path().join("new"), PathBuf::from("/tmp/albumen-escaped")] {
        let script = format!("echo made > {}", target.display());
        let refused = run("sh", &["-c", &script], &[given], Some(&scratch), limits()).await.unwrap_err();
        assert!(matches!(refused, ToolError::Failed { .. }), "{refused:?}");
    }
    assert_eq!(std::fs::read_to_string(given).unwrap(), "given");
}

#[tokio::test]
async fn a_tool_starts_no_programs_and_has_no_network_and_no_environment() {
    // Two commands: the shell would become the last one instead of starting it.
    let fork = run("sh", &["-c", "cat /dev/null; echo after"], &[], None, limits()).await;
    assert!(fork.is_err(), "{fork:?}");
    let other = run("sh", &["-c", "exec cat /dev/null"], &[], None, limits()).await.unwrap_err();
    assert!(other.to_string().contains("Permission denied"), "{other}");
    let variables = run("sh", &["-c", "echo \"[$HOME$USER$CARGO_MANIFEST_DIR]\""], &[], None, limits()).await;
    assert_eq!(variables.unwrap(), "[]\n");
    let send = "exec 3<>/dev/udp/127.0.0.1/9";
    let refused = run("bash", &["-c", send], &[], None, limits()).await.unwrap_err();
    assert!(refused.to_string().contains("Operation not permitted"), "{refused}");
}

#[tokio::test]
async fn a_tool_is_held_to_its_limits() {
    let endless = ToolLimits { time: Duration::from_millis(300), ..limits() };
    let slow = run("sh", &["-c", "while :; do :; done"], &[], None, endless).await.unwrap_err();
    assert!(matches!(slow, ToolError::TimedOut { limit } if limit == endless.time), "{slow:?}");
    let loud = run("sh", &["-c", "while :; do echo loud; done"], &[], None, limits()).await.unwrap_err();
    assert!(matches!(loud, ToolError::TooLarge { limit_bytes } if limit_bytes == 1 << 20), "{loud:?}");
    let Files { folder, .. } = &files();
    let small = ToolLimits { file_bytes_max: 1000, ..limits() };
    let script = format!("while :; do echo large; done > {}/large", folder.path().display());
    let large = run("sh", &["-c", &script], &[], Some(folder.path()), small).await.unwrap_err();
    assert!(matches!(large, ToolError::TooLarge { limit_bytes: 1000 }), "{large:?}");
    assert!(folder.path().join("large").metadata().unwrap().len() <= 1000);
}

#[tokio::test]
async fn a_tool_that_fails_says_why_in_its_own_words() {
    let failed = run("sh", &["-c", "echo no such frame >&2; exit 3"], &[], None, limits()).await.unwrap_err();
    assert_eq!(failed.to_string(), "no such frame");
    let launcher = launcher();
    let missing = Tool {
        launcher: &launcher,
        program: Path::new("/nowhere/at/all"),
        arguments: Vec::new(),
        files: Vec::new(),
        folder: None,
        limits: limits(),
    };
    let missing = missing.output(10).await.unwrap_err();
    assert!(
        matches!(&missing, ToolError::NotStarted(why) if why.to_string().contains("/nowhere/at/all")),
        "{missing:?}"
    );
}
