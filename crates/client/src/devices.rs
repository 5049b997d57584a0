//! Devices that back up.

use domain::DeviceId;
use wire::{Device, DevicePatch, DeviceReport, Page, PageQuery};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// The caller's devices.
    pub async fn devices(&self, page: &PageQuery) -> Result<Page<Device>> {
        self.ask(Call::get("api/v1/devices").page(page)).await
    }

    /// Renames a device. Its folder keeps the old name.
    pub async fn rename_device(&self, id: DeviceId, patch: &DevicePatch) -> Result<Device> {
        self.ask(Call::patch(format!("api/v1/devices/{id}")).json(patch)).await
    }

    /// Retires a device: its tokens stop working, what it brought stays.
    pub async fn retire_device(&self, id: DeviceId) -> Result<()> {
        self.tell(Call::delete(format!("api/v1/devices/{id}"))).await
    }

    /// Says how a run of the calling device ended.
    pub async fn report(&self, report: &DeviceReport) -> Result<()> {
        self.tell(Call::put("api/v1/devices/current/report").json(report)).await
    }
}
