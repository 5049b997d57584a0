//! Points of a map: single ones, squares, rectangles across the date line.

use catalog::GeoBox;
use catalog::descriptions::{self, Description, Findable};
use catalog::map::{self, POINTS_MAX, Point};
use domain::{AssetId, SpaceId};

use crate::common::Hub;

const WORLD: GeoBox =
    GeoBox { south_e7: -900_000_000, north_e7: 900_000_000, west_e7: -1_800_000_000, east_e7: 1_800_000_000 };

async fn taken_at(hub: &Hub, space_id: SpaceId, number: usize, place_e7: (i64, i64)) -> AssetId {
    let id = hub.asset(space_id, &format!("{number}"), 1).await;
    let found = Description {
        width: None,
        height: None,
        duration_ms: None,
        thumbhash: None,
        taken_at_ms: 1,
        local_ms: 1,
        facts: "{}".to_owned(),
        problem: None,
        described_by: 1,
        described_at_ms: 1,
    };
    let by = Findable { place_e7: Some(place_e7), ..Findable::default() };
    assert!(put!(hub, tx => descriptions::record(tx, id, &found, &by)).unwrap());
    id
}

async fn points(hub: &Hub, spaces: &[SpaceId], within: GeoBox, most: usize) -> Vec<Point> {
    let spaces = spaces.to_vec();
    look!(hub, tx => map::points(tx, &spaces, within, most)).unwrap()
}

contract! {
    async fn few_pictures_are_points_at_their_place(hub) {
        let (_, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let berlin = (525_200_000, 134_050_000);
        let first = taken_at(&hub, space.id, 0, berlin).await;
        let second = taken_at(&hub, space.id, 1, berlin).await;
        let fiji = taken_at(&hub, other.id, 2, (-181_416_000, 1_784_419_000)).await;
        let both = [space.id, other.id];
        let found = points(&hub, &both, WORLD, 10).await;
        assert_eq!(found.iter().map(|point| (point.assets, point.asset_id)).collect::<Vec<_>>(), [(2, first.max(second)), (1, fiji)]);
        assert!((found[0].latitude_e7 - berlin.0).abs() <= 2 && (found[0].longitude_e7 - berlin.1).abs() <= 2);
        assert_eq!(points(&hub, &both[..1], WORLD, 10).await.len(), 1, "of one Space");
        let pacific = GeoBox { west_e7: 1_700_000_000, east_e7: -1_700_000_000, ..WORLD };
        assert_eq!(points(&hub, &both, pacific, 10).await, found[1..], "across the date line");
        let rest = GeoBox { west_e7: -1_700_000_000, east_e7: 1_700_000_000, ..WORLD };
        assert_eq!(points(&hub, &both, rest, 10).await, found[..1]);
        assert_eq!(points(&hub, &[], WORLD, 10).await, []);
    }
}

contract! {
    async fn many_pictures_are_squares_that_count_each_once(hub) {
        let (_, space) = hub.home().await;
        for number in 0..80 {
            // Half of them in one town, the rest along a line around the world.
            let step = i64::try_from(number).unwrap();
            let place = if number % 2 == 0 {
                (525_200_000 + step * 100, 134_050_000)
            } else {
                (-400_000_000 + step * 10_000_000, -1_790_000_000 + step * 44_000_000)
            };
            taken_at(&hub, space.id, number, place).await;
        }
        for most in [1, 2, 7, 30, 79] {
            let found = points(&hub, &[space.id], WORLD, most).await;
            assert!(found.len() <= most, "{} of {most}", found.len());
            assert_eq!(found.iter().map(|point| point.assets).sum::<u64>(), 80, "{most}");
            assert!(found.windows(2).all(|pair| pair[0].assets >= pair[1].assets));
        }
        let found = points(&hub, &[space.id], WORLD, 79).await;
        let town = found[0];
        assert!(town.assets >= 40 && (town.latitude_e7 - 525_200_000).abs() < 100_000_000, "{town:?}");
        assert!(points(&hub, &[space.id], WORLD, POINTS_MAX).await.len() > 60, "single ones while they are few");
        let near = GeoBox { south_e7: 525_100_000, north_e7: 525_300_000, west_e7: 134_000_000, east_e7: 134_100_000 };
        let found = points(&hub, &[space.id], near, 20).await;
        assert_eq!(found.iter().map(|point| point.assets).sum::<u64>(), 40);
    }
}
