//! The API from outside: requests against the real router over a real library, on SQLite and a
//! vault on disk. Every answer is held against the OpenAPI document on its way through.

#[cfg(test)]
mod support;

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod albums;
#[cfg(test)]
mod asset_files;
#[cfg(test)]
mod authorisation;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod downloads;
#[cfg(test)]
mod entries;
#[cfg(test)]
mod ingest;
#[cfg(test)]
mod items;
#[cfg(test)]
mod network;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod put_file;
#[cfg(test)]
mod search;
mod sessions;
#[cfg(test)]
mod spaces;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod timeline;
#[cfg(test)]
mod tus_append;
#[cfg(test)]
mod tus_begin;
#[cfg(test)]
mod tus_end;
