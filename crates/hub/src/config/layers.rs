//! Puts the settings together and remembers where each value comes from.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::nearest::nearest;
use super::{Config, ConfigError, Key, SECTIONS, keys};

/// The file that is looked for in the data folder.
const FILE_NAME: &str = "albumen.toml";

/// Every variable of ours begins like this.
const VARIABLE_PREFIX: &str = "ALBUMEN_";

/// Where systemd tells a service to keep its state (`StateDirectory=`): folders, parted by colons.
const STATE_DIRECTORY: &str = "STATE_DIRECTORY";

/// What the person gave, before it is put together.
#[derive(Debug, Default)]
pub struct Given {
    /// `--config`, or `ALBUMEN_CONFIG`.
    pub config_file: Option<PathBuf>,
    /// `--data`.
    pub data_dir: Option<PathBuf>,
    /// Other flags that set a key.
    pub flags: Vec<Flag>,
    /// The environment; variables that are not Albumen's are passed over.
    pub environment: Vec<(OsString, OsString)>,
}

/// A flag that sets a key.
#[derive(Debug, Clone)]
pub struct Flag {
    /// As typed, such as `--listen`.
    pub name: &'static str,
    /// The key, such as `listen.address`.
    pub key: &'static str,
    /// The value as typed.
    pub value: String,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// A file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// A flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The values. `data.dir` is absolute.
    pub config: Config,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    /// Variables that look like ours but set nothing, for `doctor`.
    pub stray_variables: Vec<String>,
    origins: BTreeMap<String, Origin>,
}

impl Loaded {
    /// Where the value of a key comes from.
    pub fn origin(&self, key: &Key) -> &Origin {
        self.origins.get(&key.dotted()).unwrap_or(&Origin::Default)
    }

    /// Reads and checks everything. The file is the one given, otherwise `albumen.toml` in the data
    /// folder if there is one.
    pub fn load(given: &Given) -> Result<Self, ConfigError> {
        let mut loaded = Self {
            config: Config::default(),
            file: None,
            stray_variables: Vec::new(),
            origins: BTreeMap::new(),
        };
        let named =
            given.config_file.clone().or_else(|| variable(given, "ALBUMEN_CONFIG").map(PathBuf::from));
        if let Some(path) = &named {
            loaded.read_file(path)?;
        }
        loaded.choose_data_dir(given);
        if named.is_none() {
            loaded.read_file_in_data_dir()?;
        }
        loaded.read_environment(given)?;
        for flag in &given.flags {
            let key = find(flag.key).ok_or_else(|| unknown(&Origin::Flag(flag.name), flag.key))?;
            loaded.set(key, &key.shape.value_of(&flag.value), Origin::Flag(flag.name))?;
        }
        loaded.check()?;
        Ok(loaded)
    }

    fn read_file_in_data_dir(&mut self) -> Result<(), ConfigError> {
        let dir = self.config.data.dir.clone();
        let chosen_by = self.origins.get("data.dir").cloned();
        let path = dir.join(FILE_NAME);
        if !path.exists() {
            return Ok(());
        }
        self.read_file(&path)?;
        let named = absolute(&self.config.data.dir);
        if named != dir {
            return Err(ConfigError::MovesItself { path, dir: named });
        }
        if let Some(origin) = chosen_by {
            self.origins.insert("data.dir".to_owned(), origin);
        }
        Ok(())
    }

    fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let table: toml::Table = toml::from_str(&text)
            .map_err(|source| ConfigError::NotToml { path: path.to_owned(), source: Box::new(source) })?;
        let origin = Origin::File(path.to_owned());
        for (section, value) in &table {
            let Some(entries) = value.as_table() else { return Err(unknown(&origin, section)) };
            if !SECTIONS.iter().any(|(name, _, _)| name == section) {
                return Err(unknown_section(&origin, section));
            }
            for (name, value) in entries {
                let dotted = format!("{section}.{name}");
                let key = find(&dotted).ok_or_else(|| unknown(&origin, &dotted))?;
                self.set(key, value, origin.clone())?;
            }
        }
        self.file = Some(path.to_owned());
        Ok(())
    }

    /// `--data`, the variable, the named file, systemd's folder, the default: the first that is there.
    fn choose_data_dir(&mut self, given: &Given) {
        let chosen = given
            .data_dir
            .clone()
            .map(|dir| (dir, Origin::Flag("--data")))
            .or_else(|| from_variable(given, "ALBUMEN_DATA_DIR"))
            .or_else(|| (!self.origins.contains_key("data.dir")).then(|| state_directory(given)).flatten());
        if let Some((dir, origin)) = chosen {
            self.config.data.dir = dir;
            self.origins.insert("data.dir".to_owned(), origin);
        }
        self.config.data.dir = absolute(&self.config.data.dir);
    }

    fn read_environment(&mut self, given: &Given) -> Result<(), ConfigError> {
        for (name, value) in &given.environment {
            let Some(name) = name.to_str().filter(|name| name.starts_with(VARIABLE_PREFIX)) else { continue };
            if matches!(name, "ALBUMEN_DATA_DIR" | "ALBUMEN_CONFIG") {
                continue;
            }
            let origin = Origin::Variable(name.to_owned());
            let Some(key) = keys().find(|key| key.variable() == name) else {
                self.judge_stray(name, &origin)?;
                continue;
            };
            let value = value.to_str().ok_or_else(|| ConfigError::Wrong {
                origin: origin.clone(),
                key: key.dotted(),
                why: "must be written in UTF-8".to_owned(),
            })?;
            self.set(key, &key.shape.value_of(value), origin)?;
        }
        Ok(())
    }

    /// A variable that is close to one of ours, or in one of our sections, is a slip and refused.
    /// Others may belong to another program of the family.
    fn judge_stray(&mut self, name: &str, origin: &Origin) -> Result<(), ConfigError> {
        let variables: Vec<String> = keys().map(Key::variable).collect();
        let in_section = SECTIONS.iter().any(|(section, _, _)| {
            name.strip_prefix(VARIABLE_PREFIX)
                .and_then(|rest| rest.strip_prefix(&section.to_uppercase()))
                .is_some_and(|rest| rest.starts_with('_'))
        });
        let nearest = nearest(name, variables.iter().map(String::as_str)).map(str::to_owned);
        if in_section || nearest.is_some() {
            return Err(ConfigError::UnknownKey {
                origin: origin.clone(),
                key: name.to_owned(),
                nearest,
                known: variables,
            });
        }
        self.stray_variables.push(name.to_owned());
        Ok(())
    }

    fn set(&mut self, key: &Key, value: &toml::Value, origin: Origin) -> Result<(), ConfigError> {
        let dotted = key.dotted();
        if let Err(why) = self.config.set(key, value) {
            return Err(ConfigError::Wrong { origin, key: dotted, why });
        }
        self.origins.insert(dotted, origin);
        Ok(())
    }

    fn check(&self) -> Result<(), ConfigError> {
        match self.config.objection() {
            None => Ok(()),
            Some((section, name, why)) => {
                let key = format!("{section}.{name}");
                let origin = self.origins.get(&key).cloned().unwrap_or(Origin::Default);
                Err(ConfigError::Wrong { origin, key, why })
            }
        }
    }
}

fn find(dotted: &str) -> Option<&'static Key> {
    keys().find(|key| key.dotted() == dotted)
}

fn unknown(origin: &Origin, dotted: &str) -> ConfigError {
    let known: Vec<String> = keys().map(Key::dotted).collect();
    // Without its section, a key is recognised by its own name: `address` at the top of the file.
    let nearest = nearest(dotted, known.iter().map(String::as_str))
        .or_else(|| {
            known.iter().map(String::as_str).find(|key| key.rsplit('.').next() == dotted.rsplit('.').next())
        })
        .map(str::to_owned);
    let section = dotted.split_once('.').map(|(section, _)| format!("{section}."));
    let neighbours: Vec<String> = known
        .iter()
        .filter(|key| section.as_ref().is_some_and(|section| key.starts_with(section)))
        .cloned()
        .collect();
    let known = if neighbours.is_empty() { known } else { neighbours };
    ConfigError::UnknownKey { origin: origin.clone(), key: dotted.to_owned(), nearest, known }
}

fn unknown_section(origin: &Origin, section: &str) -> ConfigError {
    let names = SECTIONS.iter().map(|(name, _, _)| *name);
    ConfigError::UnknownKey {
        origin: origin.clone(),
        key: format!("[{section}]"),
        nearest: nearest(section, names.clone()).map(|name| format!("[{name}]")),
        known: names.map(|name| format!("[{name}]")).collect(),
    }
}

fn variable<'a>(given: &'a Given, name: &str) -> Option<&'a OsString> {
    given.environment.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value)
}

fn from_variable(given: &Given, name: &str) -> Option<(PathBuf, Origin)> {
    variable(given, name).map(|dir| (PathBuf::from(dir), Origin::Variable(name.to_owned())))
}

fn state_directory(given: &Given) -> Option<(PathBuf, Origin)> {
    let folders = variable(given, STATE_DIRECTORY)?;
    let first = std::env::split_paths(folders).next()?;
    Some((first, Origin::Variable(STATE_DIRECTORY.to_owned())))
}

/// An absolute path that need not exist. Where the current folder is gone, the path as it is.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::LogFormat;

    struct Bench {
        dir: tempfile::TempDir,
        given: Given,
    }

    /// A data folder with this `albumen.toml`, given by flag.
    fn bench(file: &str) -> Bench {
        let dir = tempfile::tempdir().unwrap();
        if !file.is_empty() {
            std::io::Write::write_all(
                &mut std::fs::File::create(dir.path().join(FILE_NAME)).unwrap(),
                file.as_bytes(),
            )
            .unwrap();
        }
        let given = Given { data_dir: Some(dir.path().to_owned()), ..Given::default() };
        Bench { dir, given }
    }

    impl Bench {
        fn variable(mut self, name: &str, value: &str) -> Self {
            self.given.environment.push((name.into(), value.into()));
            self
        }

        fn flag(mut self, name: &'static str, key: &'static str, value: &str) -> Self {
            self.given.flags.push(Flag { name, key, value: value.to_owned() });
            self
        }

        fn load(self) -> (tempfile::TempDir, Result<Loaded, ConfigError>) {
            (self.dir, Loaded::load(&self.given))
        }

        fn refused(self) -> String {
            let (dir, loaded) = self.load();
            loaded.unwrap_err().to_string().replace(&dir.path().display().to_string(), "DIR")
        }
    }

    fn origin_of(loaded: &Loaded, dotted: &str) -> Origin {
        loaded.origin(find(dotted).unwrap()).clone()
    }

    #[test]
    fn nothing_given_is_the_default_in_the_data_folder() {
        let (dir, loaded) = bench("").load();
        let loaded = loaded.unwrap();
        assert_eq!(loaded.config.data.dir, dir.path());
        assert_eq!(Config { data: Config::default().data, ..loaded.config.clone() }, Config::default());
        assert_eq!(origin_of(&loaded, "data.dir"), Origin::Flag("--data"));
        assert_eq!(origin_of(&loaded, "trash.days"), Origin::Default);
        assert_eq!(loaded.file, None);
    }

    #[test]
    fn flags_beat_variables_beat_the_file() {
        let file = "[listen]\naddress = \"127.0.0.1:1\"\n[trash]\ndays = 3\n[log]\nformat = \"json\"\n";
        let (dir, loaded) = bench(file)
            .variable("ALBUMEN_LISTEN_ADDRESS", "127.0.0.1:2")
            .variable("ALBUMEN_TRASH_DAYS", "4")
            .flag("--listen", "listen.address", "127.0.0.1:3")
            .load();
        let loaded = loaded.unwrap();
        assert_eq!(loaded.config.listen.address.port(), 3);
        assert_eq!(loaded.config.trash.days, 4);
        assert_eq!(loaded.config.log.format, LogFormat::Json);
        assert_eq!(origin_of(&loaded, "listen.address"), Origin::Flag("--listen"));
        assert_eq!(origin_of(&loaded, "trash.days"), Origin::Variable("ALBUMEN_TRASH_DAYS".into()));
        assert_eq!(origin_of(&loaded, "log.format"), Origin::File(dir.path().join(FILE_NAME)));
    }

    #[test]
    fn wrong_files_are_refused_in_words() {
        let table = [
            (
                "[listen]\nadress = \"x\"",
                "there is no setting \"listen.adress\"; did you mean \"listen.address\"?",
            ),
            ("[listn]\naddress = \"x\"", "there is no setting \"[listn]\"; did you mean \"[listen]\"?"),
            ("address = \"x\"", "there is no setting \"address\"; did you mean \"listen.address\"?"),
            (
                "[listen]\ncolour = 1",
                "there is no setting \"listen.colour\"; there are: listen.address, listen.connections_max",
            ),
            ("[colour]\nred = 1", "there is no setting \"[colour]\"; there are: [listen], [data]"),
            ("[trash]\ndays = \"many\"", "\"trash.days\" must be a whole number, not \"many\""),
            ("[trash]\ndays = -1", "\"trash.days\" must lie between 0 and 4294967295, not -1"),
            ("[trash]\ndays = 9999", "\"trash.days\" must lie between 0 and 3650, not 9999"),
            ("[uploads]\nstall_seconds = 0", "\"uploads.stall_seconds\" must lie between 1 and 3600, not 0"),
            ("[log]\nformat = \"xml\"", "must be \"auto\", \"human\" or \"json\", not \"xml\""),
            ("[log]\nlevel = \"a=b=c\"", "\"log.level\" is not understood"),
            ("[catalog]\nurl = \"mysql://x\"", "\"catalog.url\" must begin with \"postgres://\""),
            ("[listen]\naddress = \"here\"", "\"listen.address\" must be an address and a port such as"),
            ("[data]\ndir = \"/elsewhere\"", "\"data.dir\" says /elsewhere, but this file is read because"),
            ("[listen", "is not written as TOML wants it"),
        ];
        for (file, expected) in table {
            let refused = bench(file).refused();
            assert!(refused.starts_with("DIR/albumen.toml"), "{refused}");
            assert!(refused.contains(expected), "{file}:\n{refused}");
        }
    }

    #[test]
    fn wrong_variables_and_flags_name_themselves() {
        assert_eq!(
            bench("").variable("ALBUMEN_TRASH_DAYS", "many").refused(),
            "environment variable ALBUMEN_TRASH_DAYS: \"trash.days\" must be a whole number, not \"many\""
        );
        assert_eq!(
            bench("").variable("ALBUMEN_TRASH_DAY", "1").refused(),
            "environment variable ALBUMEN_TRASH_DAY: there is no setting \"ALBUMEN_TRASH_DAY\"; \
             did you mean \"ALBUMEN_TRASH_DAYS\"?"
        );
        assert!(
            bench("")
                .variable("ALBUMEN_LOG_COLOUR", "1")
                .refused()
                .contains("there are: ALBUMEN_LISTEN_ADDRESS")
        );
        assert!(
            bench("")
                .flag("--listen", "listen.address", "x")
                .refused()
                .starts_with("--listen: \"listen.address\" must")
        );
        let (_dir, loaded) = bench("").variable("ALBUMEN_CORPUS", "x").variable("HOME", "/").load();
        assert_eq!(loaded.unwrap().stray_variables, ["ALBUMEN_CORPUS"]);
    }

    #[test]
    fn the_data_folder_of_a_service_of_a_variable_and_of_a_named_file() {
        let load = |environment: &[(&str, &str)]| {
            let environment = environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
            Loaded::load(&Given { environment, ..Given::default() }).unwrap().config.data.dir
        };
        assert_eq!(load(&[("STATE_DIRECTORY", "/nowhere/a:/nowhere/b")]), Path::new("/nowhere/a"));
        assert_eq!(
            load(&[("STATE_DIRECTORY", "/nowhere/a"), ("ALBUMEN_DATA_DIR", "/nowhere/c")]),
            Path::new("/nowhere/c")
        );
        assert_eq!(load(&[]), std::env::current_dir().unwrap().join("data"));

        let Bench { dir, .. } = bench("[data]\ndir = \"/nowhere/d\"");
        let file = dir.path().join(FILE_NAME);
        let named = Given {
            config_file: Some(file.clone()),
            environment: vec![("STATE_DIRECTORY".into(), "/nowhere/a".into())],
            ..Given::default()
        };
        let loaded = Loaded::load(&named).unwrap();
        assert_eq!(loaded.config.data.dir, Path::new("/nowhere/d"));
        assert_eq!(loaded.file, Some(file));
        let missing = Given { config_file: Some("/nowhere/x.toml".into()), ..Given::default() };
        let refused = Loaded::load(&missing).unwrap_err().to_string();
        assert!(refused.starts_with("the settings in /nowhere/x.toml cannot be read"), "{refused}");
    }
}
