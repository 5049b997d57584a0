//! Searching pictures and videos, and what a search box and a map show.

use catalog::labels::{self, Counted};
use catalog::map::{self, Point};
use catalog::search::{self, Wanted};
use catalog::timeline::Moment;
use catalog::{GeoBox, Listed, Page};
use domain::{Action, SpaceId};

use super::albums::demand_album;
use super::assets::wanted_spaces;
use crate::error::{Error, Result};
use crate::{Caller, Library};

/// The most words of one search.
const WORDS_MAX: usize = 32;

/// How many names of each kind a search box is offered.
const SUGGESTIONS_MAX: usize = 100;

/// What somebody searches for; everything must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Words as somebody typed them, each perhaps only its beginning.
    pub text: String,
    /// Everything else. Words in here are replaced by those of `text`.
    pub wanted: Wanted,
    /// In this Space; `None` for all that the caller can see.
    pub space_id: Option<SpaceId>,
}

/// What a search box offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// Cameras, the most used first.
    pub cameras: Vec<Counted>,
    /// Places, those with most pictures first.
    pub places: Vec<Counted>,
}

impl Library {
    /// The live assets that are what is sought, newest first by the taker's clock. A page may hold fewer than asked
    /// for, or none, while there is a next one. An album that the caller cannot see is not found.
    pub async fn search(&self, caller: &Caller, sought: Sought, page: Page) -> Result<Listed<Moment>> {
        let Some(words) = words_of(&sought.text)? else {
            return Ok(Listed { items: Vec::new(), next: None });
        };
        let wanted = Wanted { words, ..sought.wanted };
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let mut spaces = wanted_spaces(tx, user_id, sought.space_id).await?;
                    if let Some(id) = wanted.album_id {
                        let album = demand_album(tx, user_id, id, Action::Look).await?;
                        spaces.retain(|&space_id| space_id == album.space_id);
                    }
                    Ok(search::find(tx, &spaces, &wanted, &page).await?)
                })
            })
            .await
    }

    /// The cameras and places of what the caller can see, in one Space or in all.
    pub async fn suggestions(&self, caller: &Caller, space_id: Option<SpaceId>) -> Result<Suggestions> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let spaces = wanted_spaces(tx, user_id, space_id).await?;
                    let cameras = labels::cameras(tx, &spaces, SUGGESTIONS_MAX).await?;
                    let places = labels::places(tx, &spaces, SUGGESTIONS_MAX).await?;
                    Ok::<_, Error>(Suggestions { cameras, places })
                })
            })
            .await
    }

    /// What lies within a rectangle of a map, as at most `most` points, in one Space or in all that the caller can
    /// see.
    pub async fn map(
        &self,
        caller: &Caller,
        space_id: Option<SpaceId>,
        within: GeoBox,
        most: usize,
    ) -> Result<Vec<Point>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let spaces = wanted_spaces(tx, user_id, space_id).await?;
                    Ok(map::points(tx, &spaces, within, most).await?)
                })
            })
            .await
    }
}

/// The words of what somebody typed, without those that others say already. `None` when something was typed that
/// has no words: nothing is found by it, and everything would be a strange answer.
fn words_of(text: &str) -> Result<Option<Vec<String>>> {
    let mut words = domain::words_of(text);
    words.sort_unstable();
    words.dedup();
    // Sorted, a word stands before those that it begins.
    let wanted: Vec<String> = words
        .iter()
        .zip(words.iter().skip(1).map(Some).chain([None]))
        .filter(|(word, next)| next.is_none_or(|next| !next.starts_with(word.as_str())))
        .map(|(word, _)| word.clone())
        .collect();
    if wanted.len() > WORDS_MAX {
        return Err(Error::invalid("q", format!("at most {WORDS_MAX} words at a time")));
    }
    Ok((!wanted.is_empty() || text.trim().is_empty()).then_some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Option<Vec<String>> {
        words_of(text).unwrap()
    }

    #[test]
    fn each_word_is_asked_once_and_its_beginning_not_at_all() {
        assert_eq!(words("Sea be beach SEA beaches").unwrap(), ["beaches", "sea"]);
        assert_eq!(words("a b").unwrap(), ["a", "b"]);
    }

    #[test]
    fn nothing_asks_for_everything_and_what_has_no_words_for_nothing() {
        assert_eq!(words("  "), Some(Vec::new()));
        for text in ["🎂", "%", "_ *", "\0", "\u{202e}"] {
            assert_eq!(words(text), None, "{text:?}");
        }
    }

    #[test]
    fn too_many_words_are_refused_in_words() {
        let many = (0..10_000).map(|number| format!("{number}x")).collect::<Vec<_>>().join(" ");
        assert!(matches!(words_of(&many), Err(Error::Invalid { field: "q", .. })));
        assert_eq!(words(&"same ".repeat(10_000)).unwrap(), ["same"]);
    }
}
