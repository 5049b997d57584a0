//! What belongs together: a pure function of facts, names and decisions. The order in which files came
//! plays no part.

use std::collections::{BTreeMap, HashMap};

use catalog::items::{Decision, PartOf, PartRole, PartRule, Verdict};
use domain::{AssetId, DecisionId, EntryId};

use super::files::File;
use super::relation::{by_name, contradict, is_one_burst};

/// More files than this with one stem in one folder are no versions of one picture.
const SAME_STEM_MAX: usize = 32;

/// More files than this with one identifier are no live photo, whatever wrote it into all of them.
const SAME_LIVE_ID_MAX: usize = 64;

/// The most assets that are one item. A burst has some hundred pictures.
pub(super) const ITEM_MAX: usize = 1000;

/// Two assets that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tie {
    rule: PartRule,
    a: usize,
    b: usize,
}

/// Which of these live assets is a part of which. Those that lead, or stand alone, are not in the answer.
pub(super) fn arrange(files: &[File], decisions: &[Decision]) -> HashMap<AssetId, PartOf> {
    let mut files: Vec<&File> = files.iter().collect();
    files.sort_by_key(|file| file.id);
    let decided = Decided::new(&files, decisions);
    let mut ties = decided.ties.clone();
    ties.extend(by_live_id(&files));
    ties.extend(by_burst(&files, &decided));
    ties.extend(by_names(&files));
    ties.retain(|tie| files[tie.a].space_id == files[tie.b].space_id);
    // A person may join what no rule would. Last, so that what belongs to either still comes along.
    ties.sort_by_key(|tie| (tie.rule == PartRule::Person, strength(tie.rule), tie.a, tie.b));
    let mut groups = Groups::new(files.len());
    let kept: Vec<Tie> = ties.into_iter().filter(|&tie| groups.join(tie, &files, &decided)).collect();
    let mut parts = HashMap::new();
    for group in groups.members.values().filter(|group| group.len() > 1) {
        let lead = lead_of(group, &files);
        for &at in group.iter().filter(|&&at| at != lead) {
            let role = role_of(files[at], files[lead]);
            let part = PartOf { lead_id: files[lead].id, role, rule: rule_of(at, lead, &kept) };
            parts.insert(files[at].id, part);
        }
    }
    parts
}

/// What is believed first.
const fn strength(rule: PartRule) -> u8 {
    match rule {
        PartRule::Person => 0,
        PartRule::LiveId => 1,
        PartRule::Burst => 2,
        PartRule::LiveName => 3,
        PartRule::RawName => 4,
        PartRule::EditedName => 5,
    }
}

/// A film belongs to the stills with its identifier in its folder; in other folders only when there is no
/// doubt, because people keep copies.
fn by_live_id(files: &[&File]) -> Vec<Tie> {
    let mut ties = Vec::new();
    let buckets = buckets(files, |file| file.live_key.as_deref());
    for bucket in buckets.values().filter(|bucket| bucket.len() <= SAME_LIVE_ID_MAX) {
        let (films, stills): (Vec<usize>, Vec<usize>) = bucket.iter().partition(|&&at| files[at].is_film());
        let tie = |a: usize, b: usize| Tie { rule: PartRule::LiveId, a, b };
        for &film in &films {
            let beside = stills.iter().filter(|&&still| files[still].is_beside(files[film]));
            ties.extend(beside.map(|&still| tie(still, film)));
        }
        let lonely = |at: &&usize| !ties.iter().any(|tie: &Tie| tie.a == **at || tie.b == **at);
        let lone_films: Vec<usize> = films.iter().filter(lonely).copied().collect();
        let lone_stills: Vec<usize> = stills.iter().filter(lonely).copied().collect();
        if let ([film], [still]) = (&lone_films[..], &lone_stills[..]) {
            ties.push(tie(*still, *film));
        }
    }
    ties
}

/// Pictures of one burst in one folder, each tied to the first one that it fits; where persons kept some
/// apart, to the first one of the most.
fn by_burst(files: &[&File], decided: &Decided) -> Vec<Tie> {
    let mut ties = Vec::new();
    let mut buckets = buckets(files, |file| file.burst_key.as_deref().filter(|_| !file.is_film()));
    for bucket in buckets.values_mut().filter(|bucket| bucket.len() <= ITEM_MAX) {
        bucket.sort_by_cached_key(|&at| order_of(files[at]));
        // The first of each burst, and how many it has.
        let mut heads: Vec<(usize, usize)> = Vec::new();
        for &at in bucket.iter() {
            let fits = |head: usize| is_one_burst(files[head], files[at]) && !decided.keep_apart(head, at);
            let fitting = heads.iter_mut().rev().filter(|(head, _)| fits(*head));
            match fitting.max_by_key(|(_, count)| *count) {
                Some((head, count)) => {
                    *count += 1;
                    ties.push(Tie { rule: PartRule::Burst, a: *head, b: at });
                }
                None => heads.push((at, 1)),
            }
        }
    }
    ties
}

/// Files of one folder with one stem.
fn by_names(files: &[&File]) -> Vec<Tie> {
    let mut named: BTreeMap<(EntryId, &str), Vec<(usize, usize)>> = BTreeMap::new();
    for (at, file) in described(files) {
        for (place, stem) in file.places.iter().enumerate() {
            named.entry((stem.folder_id, stem.stem.key.as_str())).or_default().push((at, place));
        }
    }
    let mut ties = Vec::new();
    for bucket in named.values().filter(|bucket| bucket.len() <= SAME_STEM_MAX) {
        let mut found = Vec::new();
        for (index, &(a, place_a)) in bucket.iter().enumerate() {
            for &(b, place_b) in bucket[index + 1..].iter().filter(|&&(b, _)| b != a) {
                let rule = by_name(files[a], &files[a].places[place_a], files[b], &files[b].places[place_b]);
                found.extend(rule.map(|rule| Tie { rule, a, b }));
            }
        }
        ties.extend(found.iter().filter(|tie| !is_doubtful(**tie, &found, files)));
    }
    ties
}

/// Whether one end of a tie fits two that cannot be one: then a name does not say whose it is.
fn is_doubtful(tie: Tie, found: &[Tie], files: &[&File]) -> bool {
    let others = |end: usize| {
        let ties = found.iter().filter(move |other| other.a == end || other.b == end);
        ties.map(move |other| if other.a == end { other.b } else { other.a })
    };
    let fits_two = |end: usize, other: usize| others(end).any(|third| contradict(files[other], files[third]));
    fits_two(tie.a, tie.b) || fits_two(tie.b, tie.a)
}

/// Those that nothing is known of yet are not guessed about.
fn described<'a>(files: &'a [&'a File]) -> impl Iterator<Item = (usize, &'a File)> {
    files.iter().enumerate().filter(|(_, file)| file.is_described).map(|(at, file)| (at, *file))
}

fn buckets<'a, K: Ord>(
    files: &'a [&'a File],
    key_of: impl Fn(&'a File) -> Option<K>,
) -> BTreeMap<K, Vec<usize>> {
    let mut buckets: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (at, file) in described(files) {
        if let Some(key) = key_of(file) {
            buckets.entry(key).or_default().push(at);
        }
    }
    buckets
}

/// What persons decided.
struct Decided {
    ties: Vec<Tie>,
    /// The sides of each asset in what keeps it apart from others.
    sides: Vec<HashMap<DecisionId, i64>>,
    keeps_any_apart: bool,
}

impl Decided {
    fn new(files: &[&File], decisions: &[Decision]) -> Self {
        let mut sides = vec![HashMap::new(); files.len()];
        let mut together: BTreeMap<DecisionId, Vec<usize>> = BTreeMap::new();
        for decision in decisions {
            let Ok(at) = files.binary_search_by_key(&decision.asset_id, |file| file.id) else { continue };
            match decision.verdict {
                Verdict::Apart => drop(sides[at].insert(decision.id, decision.side)),
                Verdict::Together => together.entry(decision.id).or_default().push(at),
            }
        }
        let chain = |group: &Vec<usize>| -> Vec<Tie> {
            group.windows(2).map(|pair| Tie { rule: PartRule::Person, a: pair[0], b: pair[1] }).collect()
        };
        let keeps_any_apart = sides.iter().any(|sides: &HashMap<_, _>| !sides.is_empty());
        Self { ties: together.values().flat_map(chain).collect(), sides, keeps_any_apart }
    }

    fn keep_apart(&self, a: usize, b: usize) -> bool {
        let (less, more) = if self.sides[a].len() < self.sides[b].len() { (a, b) } else { (b, a) };
        let other = &self.sides[more];
        self.sides[less].iter().any(|(id, side)| other.get(id).is_some_and(|there| there != side))
    }
}

/// Who is with whom so far.
struct Groups {
    group_of: Vec<usize>,
    members: BTreeMap<usize, Vec<usize>>,
}

impl Groups {
    fn new(count: usize) -> Self {
        Self { group_of: (0..count).collect(), members: (0..count).map(|at| (at, vec![at])).collect() }
    }

    /// Joins the groups of a tie, unless something speaks against any two of them. Says whether they are one.
    fn join(&mut self, tie: Tie, files: &[&File], decided: &Decided) -> bool {
        let (to, from) = (self.group_of[tie.a], self.group_of[tie.b]);
        if to == from {
            return true;
        }
        let (ours, theirs) = (&self.members[&to], &self.members[&from]);
        let is_by_name = matches!(tie.rule, PartRule::LiveName | PartRule::RawName | PartRule::EditedName);
        let speaks_against =
            |a: usize, b: usize| decided.keep_apart(a, b) || (is_by_name && contradict(files[a], files[b]));
        let may_be_refused = is_by_name || decided.keeps_any_apart;
        if ours.len() + theirs.len() > ITEM_MAX
            || (may_be_refused && ours.iter().any(|&a| theirs.iter().any(|&b| speaks_against(a, b))))
        {
            return false;
        }
        let moved = self.members.remove(&from).unwrap_or_default();
        for &at in &moved {
            self.group_of[at] = to;
        }
        self.members.entry(to).or_default().extend(moved);
        true
    }
}

/// Whom lists show: whom a person chose; else a finished picture rather than a raw one or a film, the edited
/// one rather than its original, the one that the camera chose, the first one.
fn lead_of(group: &[usize], files: &[&File]) -> usize {
    let rank = |&at: &usize| {
        let file = files[at];
        let chosen = file.chosen_at_ms.map(std::cmp::Reverse);
        (chosen.is_none(), chosen, file.is_film(), file.is_raw(), !file.is_edited(), order_of(file))
    };
    group.iter().copied().min_by_key(|at| rank(at)).unwrap_or_default()
}

/// The camera's choice first, then by time.
fn order_of(file: &File) -> (bool, i64, &str, AssetId) {
    let taken = file.taken.map_or(file.came_ms, |taken| taken.utc_ms.unwrap_or(taken.local_ms));
    let name = file.places.first().map_or("", |place| place.name.as_str());
    (!file.is_cover(), taken, name, file.id)
}

fn role_of(part: &File, lead: &File) -> PartRole {
    let same_burst = part.burst_key.is_some() && part.burst_key == lead.burst_key;
    if part.is_film() && !lead.is_film() {
        PartRole::Film
    } else if part.is_raw() && !lead.is_raw() {
        PartRole::Raw
    } else if same_burst && !part.is_film() {
        PartRole::Burst
    } else {
        match (part.is_edited(), lead.is_edited()) {
            (true, false) => PartRole::Edited,
            (false, true) => PartRole::Original,
            _ => PartRole::Version,
        }
    }
}

/// By what a part came to its item, best by what ties it to the lead itself.
fn rule_of(part: usize, lead: usize, kept: &[Tie]) -> PartRule {
    let ties = kept.iter().filter(|tie| tie.a == part || tie.b == part);
    let best = ties.min_by_key(|tie| (tie.a != lead && tie.b != lead, strength(tie.rule)));
    best.map_or(PartRule::Person, |tie| tie.rule)
}
