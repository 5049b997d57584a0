//! Turning and mirroring: the eight ways to lay a picture on a table.
//!
//! EXIF numbers them 1 to 8 (CIPA DC-008, tag 0x0112). Each is a small matrix that takes a coded pixel
//! to where it is shown, x to the right and y down; two of them one after the other are one again.

/// One of the eight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turning([i8; 4]);

/// In the order of EXIF's numbers.
const TURNINGS: [[i8; 4]; 8] = [
    [1, 0, 0, 1],
    [-1, 0, 0, 1],
    [-1, 0, 0, -1],
    [1, 0, 0, -1],
    [0, 1, 1, 0],
    [0, -1, 1, 0],
    [0, -1, -1, 0],
    [0, 1, -1, 0],
];

impl Turning {
    pub(super) const NONE: Turning = Turning(TURNINGS[0]);
    pub(super) const LEFT_RIGHT: Turning = Turning(TURNINGS[1]);
    pub(super) const TOP_BOTTOM: Turning = Turning(TURNINGS[3]);

    /// By EXIF's number; `None` for what is none, which cameras do write.
    pub(super) fn from_exif(number: u64) -> Option<Turning> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        TURNINGS.get(index).copied().map(Turning)
    }

    /// So many quarters of a circle, clockwise.
    pub(super) fn clockwise(quarters: u8) -> Turning {
        Turning(TURNINGS[[0, 5, 2, 7][usize::from(quarters % 4)]])
    }

    /// By the upper left of a matrix that maps (x, y) to (a·x + c·y, b·x + d·y), whose numbers may be
    /// scaled; `None` when it also shears or turns by an odd angle.
    pub(super) fn from_matrix(a: i32, b: i32, c: i32, d: i32) -> Option<Turning> {
        let sign = |number: i32| i8::try_from(number.signum()).unwrap_or_default();
        let signs = [sign(a), sign(c), sign(b), sign(d)];
        TURNINGS.contains(&signs).then_some(Turning(signs))
    }

    /// This one, and then the other.
    pub(super) fn then(self, other: Turning) -> Turning {
        let (first, second) = (self.0, other.0);
        let cell =
            |row: usize, column: usize| second[row] * first[column] + second[row + 1] * first[column + 2];
        Turning([cell(0, 0), cell(0, 1), cell(2, 0), cell(2, 1)])
    }

    /// EXIF's number.
    pub(super) fn exif(self) -> u8 {
        let index = TURNINGS.iter().position(|turning| *turning == self.0).unwrap_or_default();
        u8::try_from(index + 1).unwrap_or(1)
    }

    /// How far to turn clockwise after mirroring left and right, if at all.
    pub(super) fn degrees(self) -> u16 {
        [0, 0, 180, 180, 270, 90, 90, 270][usize::from(self.exif() - 1)]
    }

    /// Whether width and height change places.
    pub(super) fn swaps(self) -> bool {
        self.0[0] == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exif(number: u64) -> Turning {
        Turning::from_exif(number).unwrap()
    }

    #[test]
    fn numbers_that_are_none_turn_nothing() {
        assert_eq!(Turning::from_exif(0), None);
        assert_eq!(Turning::from_exif(9), None);
        assert_eq!(Turning::from_exif(u64::MAX), None);
        for number in 1..=8 {
            assert_eq!(u64::from(exif(number).exif()), number);
        }
    }

    #[test]
    fn quarters_add_up() {
        assert_eq!(Turning::clockwise(1), exif(6));
        assert_eq!(Turning::clockwise(3), exif(8));
        assert_eq!(exif(6).then(exif(6)), exif(3));
        assert_eq!(exif(6).then(exif(8)), Turning::NONE);
        assert_eq!(exif(2).then(exif(3)), Turning::TOP_BOTTOM);
        // Turned right, then mirrored left and right: top right stays, which is the first diagonal.
        assert_eq!(exif(6).then(Turning::LEFT_RIGHT), exif(5));
        assert_eq!(exif(8).then(Turning::LEFT_RIGHT), exif(7));
    }

    #[test]
    fn each_and_its_inverse_are_nothing() {
        for number in 1..=8 {
            let turning = exif(number);
            let inverse = if turning == exif(6) || turning == exif(8) {
                turning.then(turning).then(turning)
            } else {
                turning
            };
            assert_eq!(turning.then(inverse), Turning::NONE, "{number}");
            assert_eq!(turning.swaps(), number > 4);
        }
    }

    #[test]
    fn a_film_matrix_is_read_whatever_its_scale() {
        assert_eq!(Turning::from_matrix(0, 65536, -65536, 0).unwrap().degrees(), 90);
        assert_eq!(Turning::from_matrix(0, -65536, 65536, 0).unwrap().degrees(), 270);
        assert_eq!(Turning::from_matrix(-65536, 0, 0, -65536).unwrap().degrees(), 180);
        assert_eq!(Turning::from_matrix(65536, 0, 0, 65536), Some(Turning::NONE));
        assert_eq!(Turning::from_matrix(46341, 46341, -46341, 46341), None);
        assert_eq!(Turning::from_matrix(0, 0, 0, 0), None);
    }
}
