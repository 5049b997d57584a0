//! How far the hub's looking into pictures and videos is.

use wire::MediaStatus;

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// How far looking is; for the hub's owner and managers.
    pub async fn media_status(&self) -> Result<MediaStatus> {
        self.ask(Call::get("api/v1/media/status")).await
    }
}
