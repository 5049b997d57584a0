//! When tokens and devices were last seen, gathered in memory and written now and then, so that
//! reading costs no commit.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use catalog::{devices, tokens};
use domain::{DeviceId, TimestampMs, TokenId};

use crate::Library;
use crate::error::{Error, Result};

/// What was seen since the last time it was written down. Lost in a crash, which costs a minute's
/// precision and nothing else.
#[derive(Debug, Default)]
pub(crate) struct Touches {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    tokens: HashMap<TokenId, TimestampMs>,
    devices: HashMap<DeviceId, TimestampMs>,
}

impl Touches {
    pub(crate) fn used(&self, token: TokenId, device: Option<DeviceId>, now_ms: TimestampMs) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.tokens.insert(token, now_ms);
        if let Some(device) = device {
            seen.devices.insert(device, now_ms);
        }
    }

    fn take(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Library {
    /// Writes down when tokens and devices were last seen.
    pub(crate) async fn write_touches(&self) -> Result<()> {
        let Seen { tokens: used, devices: called } = self.touches.take();
        if used.is_empty() {
            return Ok(());
        }
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    tokens::touch(tx, &used.into_iter().collect::<Vec<_>>()).await?;
                    for (device, at_ms) in called {
                        devices::touch(tx, device, at_ms, None).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }
}
