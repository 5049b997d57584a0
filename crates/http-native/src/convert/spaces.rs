//! Spaces.

use library::{Member, SpaceOfUser};

pub(crate) fn space(found: SpaceOfUser) -> wire::Space {
    wire::Space {
        id: found.space.id,
        kind: found.space.kind,
        name: found.space.name,
        role: found.role,
        root_id: found.space.root_id,
    }
}

pub(crate) fn member(member: Member) -> wire::SpaceMember {
    wire::SpaceMember { user_id: member.user_id, name: member.name, role: member.role }
}
