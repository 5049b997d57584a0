//! Real pictures, also broken and lying ones, up and back byte for byte.

use std::path::Path;

use albumen_tests::{Account, Corpus, Hub, Tree, engines};

#[test]
fn every_real_file_goes_up_and_comes_back_byte_for_byte() {
    let Some(corpus) = Corpus::find() else { return };
    assert!(corpus.files.len() >= 200, "the corpus has {} files only", corpus.files.len());
    for engine in engines() {
        let hub = Hub::start(engine);
        let device = hub.device("laptop");
        device.add_source(&corpus.folder, true);
        let backup = device.backup().expect_safe();
        let source = Tree::read(&corpus.folder);
        assert_eq!(backup.number("seen"), source.0.len() as u64);
        let _ = hub.verify();
        what_the_hub_sends_is_what_the_manifest_says(hub.owner(), &corpus);

        // The folder itself is the album of what lies directly in it.
        let root = corpus.folder.file_name().expect("a name").to_string_lossy().into_owned();
        let mut expected = Tree::default();
        for (path, kept) in &source.0 {
            let path = Path::new(path);
            let is_in_album = path.parent().is_some_and(|parent| !parent.as_os_str().is_empty());
            let back = if is_in_album { path.to_owned() } else { Path::new(&root).join(path) };
            expected.0.insert(back.into_os_string(), kept.clone());
        }
        expected.assert_same(&Tree::read(&device.restore()));
    }
}

fn what_the_hub_sends_is_what_the_manifest_says(owner: &Account, corpus: &Corpus) {
    let files = owner.files();
    for expected in &corpus.files {
        let path = format!("Album Backup/laptop/{}", expected.name);
        let file = files.get(&path).unwrap_or_else(|| panic!("{path} is not on the hub: {:?}", files.keys()));
        let hashes = owner.hash(file.entry.id);
        assert_eq!(
            (hashes.sha256.to_string(), hashes.sha1.to_string(), hashes.size_bytes),
            (expected.sha256.clone(), expected.sha1.clone(), expected.size_bytes),
            "{path}"
        );
        assert_eq!(file.entry.sha256, Some(hashes.sha256), "{path}");
    }
}
