//! The rules themselves. ARCHITECTURE.md draws the same arrows and tells their reasons at length.

/// What one of our crates may use of ours.
pub(super) struct CrateRule {
    /// Its short name, as ARCHITECTURE.md writes it.
    pub(super) name: &'static str,
    /// Which of our crates it may use.
    pub(super) may_use: Uses,
    /// What the limit protects.
    pub(super) why: &'static str,
}

/// Which of our crates one may use.
pub(super) enum Uses {
    /// These.
    Only(&'static [&'static str]),
    /// Whatever its tests and measurements need, in exchange for nothing that ships using it.
    Anything,
}

/// Who may use some third-party crates.
pub(super) struct Keeper {
    /// Names of packages; `*` at the end stands for any rest.
    pub(super) packages: &'static [&'static str],
    /// Short names of our crates that may use them.
    pub(super) kept_by: &'static [&'static str],
    /// What the limit protects.
    pub(super) why: &'static str,
}

const DEVICE: &str =
    "the device side talks to the hub through its API alone, and is compiled into phone apps";
const STORE: &str =
    "catalog, vault and media are tested alone and replaced alone; library brings them together";
const ADAPTER: &str =
    "adapters parse, call one library method and render: five protocols share one set of rules";
const TESTING: &str = "what only tests and measurements need must not ship";

/// Our crates and their arrows. A new crate must name the edge it forbids; without one, it is a module.
pub(super) const CRATES: &[CrateRule] = &[
    CrateRule {
        name: "domain",
        may_use: Uses::Only(&[]),
        why: "words and rules depend on nothing, so that everything may depend on them",
    },
    CrateRule { name: "wire", may_use: Uses::Only(&["domain"]), why: "the API's data knows no side of it" },
    CrateRule { name: "client", may_use: Uses::Only(&["domain", "wire"]), why: DEVICE },
    CrateRule { name: "agent", may_use: Uses::Only(&["domain", "wire", "client"]), why: DEVICE },
    CrateRule { name: "cli", may_use: Uses::Only(&["domain", "wire", "client", "agent"]), why: DEVICE },
    CrateRule { name: "catalog", may_use: Uses::Only(&["domain"]), why: STORE },
    CrateRule { name: "vault", may_use: Uses::Only(&["domain"]), why: STORE },
    CrateRule { name: "media", may_use: Uses::Only(&["domain"]), why: STORE },
    CrateRule {
        name: "library",
        may_use: Uses::Only(&["domain", "catalog", "vault", "media"]),
        why: "use cases know no protocol: the next adapter calls the same methods",
    },
    CrateRule { name: "http-kit", may_use: Uses::Only(&["domain", "library"]), why: ADAPTER },
    CrateRule {
        name: "http-native",
        may_use: Uses::Only(&["domain", "wire", "library", "http-kit"]),
        why: ADAPTER,
    },
    CrateRule {
        name: "http-web",
        may_use: Uses::Only(&[]),
        why: "the web app's files are the same for everybody; what they show comes through the API",
    },
    CrateRule {
        name: "hub",
        may_use: Uses::Only(&[
            "domain",
            "catalog",
            "vault",
            "media",
            "library",
            "http-kit",
            "http-native",
            "http-web",
        ]),
        why: "the hub's program opens the stores and wires them up; it holds no rules and speaks no protocol",
    },
    CrateRule { name: "testkit", may_use: Uses::Anything, why: TESTING },
    CrateRule { name: "tests", may_use: Uses::Anything, why: TESTING },
    CrateRule { name: "benches", may_use: Uses::Anything, why: TESTING },
    CrateRule {
        name: "xtask",
        may_use: Uses::Only(&[]),
        why: "the checks must build while the rest does not",
    },
];

/// Third-party crates that have one home.
pub(super) const KEEPERS: &[Keeper] = &[
    Keeper {
        packages: &["sqlx*", "rusqlite", "libsqlite3-sys", "tokio-postgres"],
        kept_by: &["catalog"],
        why: "one SQL text, one place to read it (ADR 0001)",
    },
    Keeper {
        packages: &["axum*", "tower-http", "utoipa-axum"],
        kept_by: &["http-kit", "http-native", "http-web", "http-webdav", "http-immich", "hub"],
        why: "only adapters know HTTP (ADR 0004)",
    },
    Keeper {
        packages: &["object_store", "opendal"],
        kept_by: &["vault"],
        why: "one durable-write recipe, one place to prove it (ADR 0003)",
    },
    Keeper {
        packages: &[
            "infer",
            "image",
            "turbojpeg",
            "zune-*",
            "jpeg-decoder",
            "fast_image_resize",
            "webp",
            "libwebp-sys",
            "heifer",
            "aom-decode",
            "hayro-jpeg2000",
            "fast-thumbhash",
            "kamadak-exif",
            "nom-exif",
            "mp4-atom",
            "avif-parse",
            "jxl*",
            "moxcms",
            "miniz_oxide",
            "brotli-decompressor",
            "ffmpeg-*",
        ],
        kept_by: &["media"],
        why: "code that reads hostile bytes lives where it can be locked up",
    },
    Keeper {
        packages: &["landlock", "seccompiler"],
        kept_by: &["media"],
        why: "what locks up the code that reads hostile bytes is written once",
    },
    Keeper {
        packages: &["reqwest", "ureq"],
        kept_by: &["client"],
        why: "one client with timeouts, retries and a user agent",
    },
    Keeper {
        packages: &["redb"],
        kept_by: &["agent"],
        why: "the ledger's file format is the agent's affair",
    },
    Keeper {
        packages: &["rust-embed*"],
        kept_by: &["http-web"],
        why: "one place decides what a browser is told about a file of the app",
    },
    Keeper {
        packages: &["notify", "zbus"],
        kept_by: &["agent"],
        why: "what a system tells about folders, network and power is heard in one place",
    },
    Keeper {
        packages: &["argon2", "governor"],
        kept_by: &["library"],
        why: "who may come in is one use case, the same for every protocol",
    },
    Keeper {
        packages: &["openssl*", "native-tls", "aws-lc*"],
        kept_by: &[],
        why: "one TLS implementation, without a C library to install",
    },
];

/// Crates that stay pure Rust with their default features, all the way down: phone apps compile them.
pub(super) const PURE: &[&str] = &["albumen-domain", "albumen-wire", "albumen-client", "albumen-agent"];

/// Where the pure crates must be pure: what the hub runs on, and both kinds of phone.
pub(super) const PURE_TARGETS: &[&str] =
    &["x86_64-unknown-linux-gnu", "aarch64-linux-android", "aarch64-apple-ios"];

/// Packages whose name looks native but which hold declarations in Rust and nothing to compile or link.
pub(super) const DECLARATIONS_ONLY: &[&str] = &["linux-raw-sys", "windows-sys", "js-sys", "web-sys"];

/// Packages that bring or build something that is not Rust.
pub(super) const NATIVE: &[&str] =
    &["cc", "cmake", "bindgen", "nasm-rs", "pkg-config", "vcpkg", "ring", "aws-lc-rs", "openssl"];

/// The short name of one of our packages; `None` for everybody else's.
pub(super) fn short(package: &str) -> Option<&str> {
    package.strip_prefix("albumen-").or((package == "xtask").then_some(package))
}
