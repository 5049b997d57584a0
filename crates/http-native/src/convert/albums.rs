//! Albums.

use library::{Album, AlbumCover};

use super::facts;

pub(crate) fn album(album: Album) -> wire::Album {
    wire::Album {
        id: album.id,
        space_id: album.space_id,
        name: album.name,
        asset_count: album.asset_count,
        cover: album.cover.map(cover),
        created_at_ms: album.created_at_ms,
    }
}

fn cover(cover: AlbumCover) -> wire::AlbumCover {
    wire::AlbumCover {
        asset_id: cover.asset_id,
        version: facts::version(cover.thumbhash.as_deref()),
        thumbhash: cover.thumbhash.map(facts::miniature),
    }
}
