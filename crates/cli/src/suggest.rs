//! "Did you mean …?"

/// The known word that is nearest to `wanted`, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = wanted.to_lowercase();
    let reach = folded.chars().count().div_ceil(3).clamp(1, 4);
    known
        .into_iter()
        .map(|word| {
            let other = word.to_lowercase();
            // The last part of a path is what people remember of it.
            let tail = other.rsplit('/').next().unwrap_or(&other);
            (distance(&folded, &other).min(distance(&folded, tail)), word)
        })
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many letters must be added, removed or replaced to get from one word to the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found_and_nothing_else() {
        let known = ["Camera", "Trips/2026", "Trips/Norway", "WhatsApp Images"];
        for (wanted, meant) in [
            ("camera", Some("Camera")),
            ("Camrea", Some("Camera")),
            ("Trisp/2026", Some("Trips/2026")),
            ("Norwai", Some("Trips/Norway")),
            ("trips/2025", Some("Trips/2026")),
            ("Whatsapp images", Some("WhatsApp Images")),
            ("Screenshots", None),
            ("x", None),
        ] {
            assert_eq!(nearest(wanted, known), meant, "{wanted}");
        }
    }

    #[test]
    fn distances_are_counted_in_letters() {
        for (from, to, steps) in
            [("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("größe", "grösse", 2)]
        {
            assert_eq!(distance(from, to), steps, "{from} → {to}");
        }
    }
}
