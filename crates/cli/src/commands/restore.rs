//! Placeholder.
use crate::arguments::RestoreArguments;
use crate::device::Device;
use crate::failure::{Failure, Verdict};
pub(crate) async fn run(_device: &Device, _arguments: RestoreArguments) -> Result<Verdict, Failure> {
    Err(Failure::words("later"))
}
