//! Several devices, several people, one hub.

use albumen_tests::{Device, Hub, Tree, engines, put_file};
use client::Wanted;
use testkit::samples;
use wire::{OfferAnswer, OfferRequest};

const PICTURES: u64 = 40;

fn put_pictures(device: &Device) {
    for number in 0..PICTURES {
        put_file(device.pictures().join(format!("Trips/{number}.mp4")), &samples::mp4(number, 60_000));
    }
    device.add_source(&device.pictures(), false);
}

#[test]
fn two_devices_that_send_the_same_at_once_keep_it_once() {
    for engine in engines() {
        let hub = Hub::start(engine);
        let devices = ["laptop", "desktop"].map(|name| hub.device(name));
        devices.iter().for_each(put_pictures);
        let backups: Vec<_> = devices.iter().map(Device::start_backup).collect();
        for (device, backup) in devices.iter().zip(backups) {
            let done = device.finish(backup).expect_safe();
            assert_eq!(done.number("seen"), PICTURES);
        }
        let contents = usize::try_from(PICTURES).unwrap();
        assert_eq!((hub.blob_count(), hub.owner().asset_count()), (contents, contents), "each picture once");
        assert_eq!(hub.owner().files().len(), 2 * contents, "in the folder of each device");
        assert_eq!(hub.verify(), PICTURES);
        for device in &devices {
            Tree::read(&device.pictures()).assert_same(&Tree::read(&device.restore()));
        }
    }
}

#[test]
fn two_people_do_not_learn_of_each_other() {
    for engine in engines() {
        let hub = Hub::start(engine);
        let [anna, bert] = [hub.owner().clone(), hub.make_account("bert")];
        let annas = hub.device("laptop");
        put_pictures(&annas);
        let _ = annas.backup().expect_safe();

        // What is on the hub already is offered by somebody who may not know that.
        let file = anna.files().into_values().next().expect("a file");
        let hash = file.entry.sha256.expect("its hash");
        let offer = OfferRequest { space_id: None, hashes: vec![hash] };
        assert_eq!(bert.call(bert.client().offer(&offer)).answers, [OfferAnswer::Send]);
        assert_eq!(anna.call(anna.client().offer(&offer)).answers, [OfferAnswer::Held]);
        let denied = bert.try_call(bert.client().download(Wanted::Entry(file.entry.id), 0));
        assert!(denied.is_err(), "somebody else's picture");
        assert!(bert.try_call(bert.client().entry(file.entry.id)).is_err());

        let berts = Device::new("laptop");
        berts.connect(&hub.url(), "bert");
        put_pictures(&berts);
        let done = berts.backup().expect_safe();
        assert_eq!((done.number("stored"), done.number("already_held")), (PICTURES, 0), "{done:#?}");
        assert_eq!(
            done.number("bytes_sent"),
            done.number("bytes_total"),
            "nothing is saved by others' pictures"
        );
        let count = usize::try_from(PICTURES).unwrap();
        assert_eq!((anna.files().len(), bert.files().len(), hub.blob_count()), (count, count, count));

        // One deletes; the other notices nothing.
        anna.call(anna.client().trash_entry(file.entry.id));
        assert_eq!((anna.files().len(), bert.files().len()), (count - 1, count));
        assert_eq!(berts.backup().expect_safe().outcome["skipped"], serde_json::json!([]));
    }
}
