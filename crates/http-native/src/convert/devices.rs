//! Devices.

use library::Device;

pub(crate) fn device(device: Device) -> wire::Device {
    wire::Device {
        id: device.id,
        name: device.name,
        platform: device.platform,
        created_at_ms: device.created_at_ms,
        last_contact_at_ms: device.last_contact_at_ms,
        retired_at_ms: device.retired_at_ms,
        // A report of a version that said other things is no report to this one.
        last_report: device.report.and_then(|json| serde_json::from_str(&json).ok()),
    }
}
