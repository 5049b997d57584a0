//! Pictures and videos that are one item.

use library::{FileOfItem, ItemMarks, Part, PartOf, PartRole, PartRule};

use super::assets;

pub(crate) const fn part_of(part: PartOf) -> wire::PartOf {
    wire::PartOf { lead_id: part.lead_id, role: role(part.role), found_by: rule(part.rule) }
}

pub(crate) fn part(part: Part) -> wire::Part {
    wire::Part {
        id: part.id,
        kind: assets::kind(part.kind),
        role: role(part.role),
        found_by: rule(part.rule),
        name: part.name,
        size_bytes: part.size_bytes,
        content_type: part.content_type,
    }
}

pub(crate) fn adjustments(file: FileOfItem) -> wire::AdjustmentsFile {
    wire::AdjustmentsFile {
        entry_id: file.entry_id,
        name: file.name,
        size_bytes: file.size_bytes,
        content_type: file.content_type,
    }
}

pub(crate) fn marks(marks: ItemMarks) -> wire::ItemMarks {
    wire::ItemMarks {
        film_id: marks.film_id,
        raw: marks.has_raw,
        versions: marks.has_versions,
        burst: (marks.burst_pictures > 0).then_some(marks.burst_pictures),
    }
}

const fn role(role: PartRole) -> wire::PartRole {
    match role {
        PartRole::Film => wire::PartRole::Film,
        PartRole::Raw => wire::PartRole::Raw,
        PartRole::Original => wire::PartRole::Original,
        PartRole::Edited => wire::PartRole::Edited,
        PartRole::Burst => wire::PartRole::Burst,
        PartRole::Version => wire::PartRole::Version,
    }
}

const fn rule(rule: PartRule) -> wire::PartRule {
    match rule {
        PartRule::Person => wire::PartRule::Person,
        PartRule::LiveId => wire::PartRule::LiveId,
        PartRule::Burst => wire::PartRule::Burst,
        PartRule::LiveName => wire::PartRule::LiveName,
        PartRule::RawName => wire::PartRule::RawName,
        PartRule::EditedName => wire::PartRule::EditedName,
    }
}
