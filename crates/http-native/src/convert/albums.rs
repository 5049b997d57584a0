//! Albums.

use library::Album;

pub(crate) fn album(album: Album) -> wire::Album {
    wire::Album {
        id: album.id,
        space_id: album.space_id,
        name: album.name,
        asset_count: album.asset_count,
        created_at_ms: album.created_at_ms,
    }
}
