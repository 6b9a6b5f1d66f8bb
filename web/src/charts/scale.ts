/** From figures over time to lines on paper. */

export interface Dot {
  /** Milliseconds since 1970. */
  at: number;
  value: number;
}

export interface Frame {
  from: number;
  to: number;
  /** The value at the top; the foot is 0. */
  top: number;
}

/** A line along the very top would look cut off. */
const HEADROOM = 1.05;

/** A round number at or above `value`: 1, 2, 2.5, 5 times a power of ten. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= value) ?? 10;
  return step * power;
}

export function frameOf(series: readonly (readonly Dot[])[]): Frame | null {
  const dots = series.flat();
  if (dots.length === 0) return null;
  const [from, to] = [Math.min(...dots.map(({ at }) => at)), Math.max(...dots.map(({ at }) => at))];
  return {
    from,
    to: Math.max(to, from + 1000),
    top: roundUp(Math.max(...dots.map(({ value }) => value)) * HEADROOM),
  };
}

/** An SVG path through the dots, in a box of `width` × `height`. */
export function linePath(
  dots: readonly Dot[],
  frame: Frame,
  width: number,
  height: number,
): string {
  const level = (value: number): number =>
    height - (Math.min(value, frame.top) / frame.top) * height;
  const [only] = dots;
  // One figure alone has no line through it; it holds for the whole width.
  if (only && dots.length === 1) return `M0 ${level(only.value).toFixed(1)}H${width}`;
  return dots
    .map(({ at, value }, index) => {
      const x = ((at - frame.from) / (frame.to - frame.from)) * width;
      const y = level(value);
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}

/** The same path, closed along the foot. */
export function areaPath(
  dots: readonly Dot[],
  frame: Frame,
  width: number,
  height: number,
): string {
  const [first, last] = [dots[0], dots.at(-1)];
  if (!first || !last || dots.length === 1) return '';
  const x = (at: number): string =>
    (((at - frame.from) / (frame.to - frame.from)) * width).toFixed(1);
  return `${linePath(dots, frame, width, height)}L${x(last.at)} ${height}L${x(first.at)} ${height}Z`;
}

/** The dot nearest to a moment, or null where there is none. */
export function nearest(dots: readonly Dot[], at: number): Dot | null {
  let found: Dot | null = null;
  for (const dot of dots) {
    if (!found || Math.abs(dot.at - at) < Math.abs(found.at - at)) found = dot;
  }
  return found;
}

/** At most `most` dots, each the largest of its stretch: peaks stay to be seen. */
export function thinned(dots: readonly Dot[], most: number): Dot[] {
  if (dots.length <= most) return [...dots];
  const stretch = dots.length / most;
  return Array.from({ length: most }, (_, index) => {
    const part = dots.slice(Math.floor(index * stretch), Math.floor((index + 1) * stretch));
    return part.reduce((best, dot) => (dot.value > best.value ? dot : best));
  });
}
