//! Names besides GeoNames' own by which people look for large places.
//!
//! GeoNames has dozens of names for a large place and does not say here which of them anybody uses; all of them as
//! words of each picture would be many. These are the ones that differ most between a place and its visitors.

use super::City;

/// Country, name in GeoNames, another name.
const OTHER_NAMES: &[(&str, &str, &str)] = &[
    ("DE", "Munich", "München"),
    ("DE", "Nuremberg", "Nürnberg"),
    ("DE", "Köln", "Cologne"),
    ("DE", "Hannover", "Hanover"),
    ("AT", "Vienna", "Wien"),
    ("CH", "Geneva", "Genève"),
    ("CH", "Geneva", "Genf"),
    ("CH", "Luzern", "Lucerne"),
    ("CH", "Zürich", "Zurich"),
    ("IT", "Rome", "Roma"),
    ("IT", "Milan", "Milano"),
    ("IT", "Venice", "Venezia"),
    ("IT", "Florence", "Firenze"),
    ("IT", "Naples", "Napoli"),
    ("IT", "Turin", "Torino"),
    ("IT", "Genoa", "Genova"),
    ("IT", "Padua", "Padova"),
    ("IT", "Siracusa", "Syracuse"),
    ("FR", "Nice", "Nizza"),
    ("FR", "Strasbourg", "Straßburg"),
    ("ES", "Sevilla", "Seville"),
    ("ES", "Zaragoza", "Saragossa"),
    ("PT", "Lisbon", "Lisboa"),
    ("PT", "Porto", "Oporto"),
    ("BE", "Brussels", "Bruxelles"),
    ("BE", "Brussels", "Brüssel"),
    ("BE", "Antwerp", "Antwerpen"),
    ("BE", "Gent", "Ghent"),
    ("BE", "Brugge", "Bruges"),
    ("NL", "The Hague", "Den Haag"),
    ("DK", "Copenhagen", "København"),
    ("SE", "Gothenburg", "Göteborg"),
    ("FI", "Helsinki", "Helsingfors"),
    ("PL", "Warsaw", "Warszawa"),
    ("PL", "Kraków", "Cracow"),
    ("PL", "Wrocław", "Breslau"),
    ("PL", "Gdańsk", "Danzig"),
    ("CZ", "Prague", "Praha"),
    ("CZ", "Brno", "Brünn"),
    ("RO", "Bucharest", "București"),
    ("RS", "Belgrade", "Beograd"),
    ("GR", "Athens", "Αθήνα"),
    ("GR", "Thessaloníki", "Thessaloniki"),
    ("TR", "Istanbul", "İstanbul"),
    ("RU", "Moscow", "Москва"),
    ("RU", "Saint Petersburg", "Санкт-Петербург"),
    ("UA", "Kyiv", "Київ"),
    ("UA", "Kyiv", "Kiev"),
    ("UA", "Odesa", "Odessa"),
    ("BY", "Minsk", "Мінск"),
    ("BG", "Sofia", "София"),
    ("LU", "Luxembourg", "Luxemburg"),
    ("LT", "Vilnius", "Wilna"),
    ("LV", "Riga", "Rīga"),
    ("JP", "Tokyo", "東京"),
    ("JP", "Kyoto", "京都"),
    ("JP", "Osaka", "大阪市"),
    ("JP", "Sapporo", "札幌"),
    ("CN", "Beijing", "北京"),
    ("CN", "Shanghai", "上海"),
    ("CN", "Guangzhou", "广州"),
    ("CN", "Shenzhen", "深圳"),
    ("HK", "Hong Kong", "香港"),
    ("TW", "Taipei", "台北"),
    ("KR", "Seoul", "서울"),
    ("KR", "Busan", "부산"),
    ("IN", "Mumbai", "Bombay"),
    ("IN", "Kolkata", "Calcutta"),
    ("IN", "Chennai", "Madras"),
    ("IN", "Bengaluru", "Bangalore"),
    ("EG", "Cairo", "القاهرة"),
    ("SY", "Damascus", "دمشق"),
    ("IL", "Jerusalem", "ירושלים"),
    ("IL", "Tel Aviv", "תל אביב"),
    ("IR", "Tehran", "تهران"),
    ("TH", "Bangkok", "กรุงเทพมหานคร"),
    ("VN", "Hanoi", "Hà Nội"),
    ("VN", "Ho Chi Minh City", "Saigon"),
    ("US", "New York City", "New York"),
    ("MX", "Mexico City", "Ciudad de México"),
    ("CU", "Havana", "La Habana"),
    ("MA", "Marrakesh", "Marrakech"),
    ("MA", "Casablanca", "الدار البيضاء"),
    ("ET", "Addis Ababa", "አዲስ አበባ"),
    ("GE", "Tbilisi", "თბილისი"),
    ("AM", "Yerevan", "Երևան"),
    ("CA", "Québec", "Quebec"),
    ("CA", "Montréal", "Montreal"),
];

/// The smallest place that is meant: villages share the names of cities.
const INHABITANTS_MIN: u64 = 50_000;

/// A place's names, its own first, separated by tabs.
pub(super) fn with(place: &City) -> String {
    let others = OTHER_NAMES.iter().filter(|(country, name, other)| {
        *country == place.countrycode
            && *name == place.name
            && place.population >= INHABITANTS_MIN
            && place.alternatenames.iter().any(|known| known == other)
    });
    let mut names = place.name.replace('\t', " ");
    for (_, _, other) in others {
        names.push('\t');
        names.push_str(other);
    }
    names
}
