//! Placeholder.
use crate::arguments::AlbumsArguments;
use crate::device::Device;
use crate::failure::{Failure, Verdict};
pub(crate) async fn run(_device: &Device, _arguments: AlbumsArguments) -> Result<Verdict, Failure> {
    Err(Failure::words("later"))
}
