/**
 * What a player has whatever it plays: sound, full screen, the small window, keys, and controls
 * that hide while the picture moves. `Shell.svelte` and `ControlBar.svelte` show it; what plays,
 * and what playing on means, is its owner's.
 */
import { focusKind, keyAction, type KeyAction } from './keys';
import type { Playback } from './playback.svelte';
import { rememberedVolume } from './volume';

const IDLE_MS = 2_600;
const FLASH_MS = 900;

export interface Owner {
  /** Stands still because somebody wants it so. */
  isPaused(): boolean;
  toggle(): void;
  skip(seconds: number): void;
  /** Does what only this player does for a key, and says what; null where it does nothing. */
  perform(action: KeyAction): string | null;
}

export class Stage {
  readonly playback: Playback;
  /** Beside something else: it begins without sound, takes no keys and is not remembered. */
  readonly isAside: boolean;
  root!: HTMLElement;
  video!: HTMLVideoElement;
  /** 0 to 1. */
  volume = $state(1);
  muted = $state(false);
  /** The browser allowed no sound without a click. */
  isHushed = $state(false);
  isWaiting = $state(false);
  hasPlayed = $state(false);
  isMenuOpen = $state(false);
  isFullscreen = $state(false);
  /** What a key just did, shown for a moment. */
  flash = $state('');
  readonly #owner: Owner;
  #isIdle = $state(false);
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #flashTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(playback: Playback, owner: Owner, isAside = false) {
    this.playback = playback;
    this.isAside = isAside;
    this.#owner = owner;
    const { volume, muted } = rememberedVolume();
    this.volume = volume;
    this.muted = isAside || muted;
  }

  get isPaused(): boolean {
    return this.#owner.isPaused();
  }

  /** The controls, and the pointer with them. */
  get isHidden(): boolean {
    return this.#isIdle && !this.isPaused && !this.isMenuOpen;
  }

  get isSilent(): boolean {
    return this.muted || this.volume === 0;
  }

  toggle(): void {
    this.#owner.toggle();
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    this.isHushed = false;
  }

  setVolume(volume: number): void {
    this.volume = volume;
    this.setMuted(false);
  }

  toggleSound(): void {
    if (this.volume === 0) this.setVolume(0.5);
    else this.setMuted(!this.muted);
  }

  async toggleFullscreen(): Promise<void> {
    const native = this.video as HTMLVideoElement & { webkitEnterFullscreen?: () => void };
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (this.root.requestFullscreen) await this.root.requestFullscreen();
    else native.webkitEnterFullscreen?.();
  }

  async togglePictureInPicture(): Promise<void> {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this.video.requestPictureInPicture();
  }

  /** Somebody is there: the controls show, for a while. */
  wake(): void {
    this.#isIdle = false;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => (this.#isIdle = true), IDLE_MS);
  }

  /** A finger calls the controls and sends them away; anything else plays and pauses. */
  onPictureClick(event: MouseEvent): void {
    const isTouch = (event as PointerEvent).pointerType === 'touch';
    if (!isTouch || !this.hasPlayed) this.toggle();
    else if (this.isHidden) this.wake();
    else this.#isIdle = true;
  }

  /** The picture moves (again). */
  onPlaying(): void {
    this.isWaiting = false;
    this.hasPlayed = true;
    this.playback.onPlaying();
    this.wake();
  }

  onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.isAside) return;
    const action = keyAction(event, focusKind(event.target));
    const said = action ? this.perform(action) : null;
    if (said === null) return;
    event.preventDefault();
    this.wake();
    clearTimeout(this.#flashTimer);
    this.flash = said;
    this.#flashTimer = setTimeout(() => (this.flash = ''), FLASH_MS);
  }

  /** What there is to say of it; null leaves the key to the page. */
  perform(action: KeyAction): string | null {
    switch (action.do) {
      case 'toggle':
        this.toggle();
        return '';
      case 'skip':
        this.#owner.skip(action.seconds);
        return `${action.seconds > 0 ? '+' : '−'}${Math.abs(action.seconds)} s`;
      case 'volume':
        this.setVolume(Math.round(Math.min(1, Math.max(0, this.volume + action.by)) * 100) / 100);
        return `Volume ${Math.round(this.volume * 100)}%`;
      case 'mute':
        this.toggleSound();
        return this.muted ? 'Sound off' : 'Sound on';
      case 'fullscreen':
        void this.toggleFullscreen();
        return '';
      default:
        return this.#owner.perform(action);
    }
  }

  destroy(): void {
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#flashTimer);
    this.playback.destroy();
  }
}
