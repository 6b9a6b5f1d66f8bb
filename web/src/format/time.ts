/** Position or length as on a clock: 0:07, 12:34, 1:02:03. */
export function formatClock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}

/** Position for a screen reader: “1 minute 5 seconds”. */
export function spokenTime(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const units: [number, string][] = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor((whole % 3600) / 60), 'minute'],
    [whole % 60, 'second'],
  ];
  const said = units
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}${value === 1 ? '' : 's'}`);
  return said.join(' ') || '0 seconds';
}

/** Time left, as rough as such a figure is: “a few seconds”, “3 minutes”, “about 2 hours”. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 8) return 'a few seconds';
  if (seconds < 55) return `${Math.round(seconds / 5) * 5} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes <= 1 ? '1 minute' : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours === 1 ? 'about an hour' : `about ${hours} hours`;
}

/** A wait that is counted down: “1 second”, “42 seconds”, “3 minutes”. Never shorter than it is. */
export function formatWait(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 100) return whole === 1 ? '1 second' : `${whole} seconds`;
  const minutes = Math.ceil(whole / 60);
  return minutes < 100 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}

const AGO: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** “3 days ago”, “just now”. `then`: RFC 3339; `now`: milliseconds since 1970. */
export function formatAgo(then: string, now: number): string {
  const seconds = (now - Date.parse(then)) / 1000;
  for (const [unit, size] of AGO) {
    if (seconds >= size) {
      return new Intl.RelativeTimeFormat('en').format(-Math.floor(seconds / size), unit);
    }
  }
  return 'just now';
}

/** “21 December 2026”, in the person's own time zone. */
export function formatDay(at: string): string {
  return new Date(at).toLocaleDateString('en-GB', { dateStyle: 'long' });
}

/** “21 Dec 2026, 18:30”. */
export function formatStamp(at: string): string {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

const DAY_MS = 86_400_000;

/** “Today, 18:30”, “Tomorrow, 09:00”, “Fri 4 Dec, 20:00”. `now`: milliseconds since 1970. */
export function formatMoment(at: string, now: number): string {
  const then = new Date(at);
  const time = then.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const days = Math.round((startOfDay(then) - startOfDay(new Date(now))) / DAY_MS);
  if (days === 0) return `Today, ${time}`;
  if (days === 1) return `Tomorrow, ${time}`;
  const options = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  const isNear = Math.abs(days) < 300;
  const date = then.toLocaleDateString('en-GB', isNear ? options : { ...options, year: 'numeric' });
  return `${date}, ${time}`;
}

/** What an `<input type="datetime-local">` shows for a moment, in the person's own time zone. */
export function toLocalField(at: Date): string {
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
