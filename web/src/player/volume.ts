/** The loudness a person chose last, on this browser. */

export interface Loudness {
  /** 0 to 1. */
  volume: number;
  muted: boolean;
}

const KEY = 'socialflow.volume';

export function rememberedVolume(): Loudness {
  const [volume, muted] = (localStorage.getItem(KEY) ?? '').split(' ');
  const value = Number.parseFloat(volume ?? '');
  const isKnown = value >= 0 && value <= 1;
  return { volume: isKnown ? value : 1, muted: isKnown && muted === 'muted' };
}

export function rememberVolume({ volume, muted }: Loudness): void {
  localStorage.setItem(KEY, `${volume} ${muted ? 'muted' : 'on'}`);
}
