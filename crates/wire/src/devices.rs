//! Devices that back up.

use domain::{DeviceId, Name, TimestampMs};
use serde::{Deserialize, Serialize};

/// A phone, tablet or computer that backs up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Device {
    /// The device's id.
    pub id: DeviceId,
    /// What its owner calls it; also the name of its folder below `Album Backup`.
    pub name: Name,
    /// What it runs on.
    pub platform: String,
    /// Since when the hub knows it.
    pub created_at_ms: TimestampMs,
    /// When it last called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_contact_at_ms: Option<TimestampMs>,
    /// Since when it is retired: its tokens no longer work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at_ms: Option<TimestampMs>,
    /// How its last run ended, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_report: Option<DeviceReport>,
}

/// What a device says about its own run when it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceReport {
    /// Items that were chosen.
    pub chosen: u64,
    /// Items of these that the hub holds.
    pub safe: u64,
    /// Items that wait or failed.
    pub unsafe_items: u64,
    /// When the run ended, by the device's clock.
    pub finished_at_ms: TimestampMs,
}

/// Renames a device. Its folder keeps the old name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DevicePatch {
    /// The new name.
    pub name: Name,
}
