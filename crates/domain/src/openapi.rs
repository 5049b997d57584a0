//! How the domain's words look in an OpenAPI document: texts with a format.

use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! text_schemas {
    ($($name:ty: $format:literal, $about:literal;)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .format(Some(SchemaFormat::Custom($format.into())))
                    .description(Some($about))
                    .into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

text_schemas! {
    crate::AlbumId: "uuid", "An album's id.";
    crate::AssetId: "uuid", "A picture's or video's id.";
    crate::DeviceId: "uuid", "A device's id.";
    crate::EntryId: "uuid", "A folder's or file's id.";
    crate::HubId: "uuid", "One hub's catalog from its first start on.";
    crate::InstallationId: "uuid", "One installation of the device program.";
    crate::SpaceId: "uuid", "A Space's id.";
    crate::TokenId: "uuid", "A token's id; not the secret.";
    crate::UploadId: "uuid", "An upload's id.";
    crate::UserId: "uuid", "A person's id.";
    crate::ContentHash: "sha256", "SHA-256 of the whole file, 64 hexadecimal digits.";
    crate::Sha1Hash: "sha1", "SHA-1 of the whole file, 40 hexadecimal digits.";
    crate::Name: "name", "A name of 1 to 1000 bytes without \"/\" and NUL, kept exactly.";
    crate::FolderPath: "path", "Names from a Space's root down, joined by \"/\"; empty is the root.";
    crate::Role: "role", "owner, manager or member.";
    crate::SpaceKind: "space-kind", "my, public or group.";
    crate::SpaceRole: "space-role", "viewer, editor or owner.";
}
