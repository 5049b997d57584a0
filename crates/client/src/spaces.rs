//! Spaces and their members.

use domain::{SpaceId, UserId};
use wire::{MemberRole, NewSpace, Page, PageQuery, Space, SpaceMember, SpacePatch};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// The Spaces that the caller can see, with what the caller may do in each.
    pub async fn spaces(&self, page: &PageQuery) -> Result<Page<Space>> {
        self.ask(Call::get("api/v1/spaces").page(page)).await
    }

    /// Makes a Group Space that belongs to the caller.
    pub async fn make_space(&self, new: &NewSpace) -> Result<Space> {
        self.ask(Call::post("api/v1/spaces").json(new)).await
    }

    /// Renames a Space.
    pub async fn rename_space(&self, id: SpaceId, patch: &SpacePatch) -> Result<Space> {
        self.ask(Call::patch(format!("api/v1/spaces/{id}")).json(patch)).await
    }

    /// Who is in a Space.
    pub async fn members(&self, id: SpaceId, page: &PageQuery) -> Result<Page<SpaceMember>> {
        self.ask(Call::get(format!("api/v1/spaces/{id}/members")).page(page)).await
    }

    /// Lets somebody into a Space, or changes what they may do there.
    pub async fn set_member(&self, id: SpaceId, user: UserId, role: &MemberRole) -> Result<()> {
        self.tell(Call::put(format!("api/v1/spaces/{id}/members/{user}")).json(role)).await
    }

    /// Takes somebody out of a Space.
    pub async fn remove_member(&self, id: SpaceId, user: UserId) -> Result<()> {
        self.tell(Call::delete(format!("api/v1/spaces/{id}/members/{user}"))).await
    }
}
