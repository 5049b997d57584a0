/** What is known of a picture, as lines that a person reads. */
import type { Schemas } from "../api/hub";
import type { Key } from "../i18n/languages";

type Facts = Schemas["AssetFacts"];
type WriteNumber = (value: number) => string;

/** Makers repeat themselves: "NIKON CORPORATION" makes the "NIKON D70". */
function cameraName({ make, model }: Schemas["Camera"]): string {
  if (!model) return make ?? "";
  const first = make?.split(" ")[0]?.toLowerCase() ?? "";
  return first === "" || model.toLowerCase().startsWith(first) ? model : `${make} ${model}`;
}

/** Such as `1/250 s · f/1.8 · ISO 100 · 26 mm`. */
function exposureLine(exposure: Schemas["Exposure"], number: WriteNumber): string {
  const { time_s, f_number, iso, focal_length_mm } = exposure;
  const time = time_s && (time_s < 0.4 ? `1/${number(Math.round(1 / time_s))} s` : `${number(time_s)} s`);
  return [
    time,
    f_number && `f/${number(f_number)}`,
    iso && `ISO ${String(iso)}`,
    focal_length_mm && `${number(Math.round(focal_length_mm * 10) / 10)} mm`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Camera, lens and exposure, as far as they are known. */
export function cameraLines(facts: Facts, number: WriteNumber): string[] {
  return [
    facts.camera ? cameraName(facts.camera) : "",
    facts.camera?.lens ?? "",
    facts.exposure ? exposureLine(facts.exposure, number) : "",
    facts.video?.video_codec
      ? [facts.video.video_codec, facts.video.audio_codec].filter(Boolean).join(" · ")
      : "",
  ].filter((line) => line !== "");
}

/** Degrees to five places: about a metre. */
export function placeName({ latitude, longitude }: Schemas["Place"], number: WriteNumber): string {
  const short = (degrees: number) => number(Math.round(Math.abs(degrees) * 1e5) / 1e5);
  return `${short(latitude)}° ${latitude < 0 ? "S" : "N"}, ${short(longitude)}° ${longitude < 0 ? "W" : "E"}`;
}

/** A map of the place, for who wants to ask somebody else. */
export function mapAddress({ latitude, longitude }: Schemas["Place"]): string {
  const [lat, lon] = [latitude.toFixed(5), longitude.toFixed(5)];
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=15/${lat}/${lon}`;
}

/** What a time is worth, when it is not the moment itself. */
export function timeNote(taken: Facts["taken"]): Key | undefined {
  if (!taken) return undefined;
  if (taken.is_day_only) return "facts.day-only";
  if (taken.known_from === "file-time" || taken.known_from === "modified" || taken.known_from === "device") {
    return "facts.from-file";
  }
  return taken.offset_minutes === undefined || taken.offset_minutes === null
    ? "facts.zone-unknown"
    : undefined;
}
