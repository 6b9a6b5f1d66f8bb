/** What a key does while a video is on the page. */

export type KeyAction =
  | { do: 'toggle' | 'mute' | 'fullscreen' | 'help' | 'start' | 'end' }
  | { do: 'skip'; seconds: number }
  | { do: 'volume'; by: number }
  | { do: 'share'; of: number };

export const SHORTCUTS: readonly [keys: string, meaning: string][] = [
  ['Space or K', 'Play or pause'],
  ['J / L', 'Back or forward 10 seconds'],
  ['← / →', 'Back or forward 5 seconds'],
  ['↑ / ↓', 'Louder or quieter'],
  ['M', 'Sound off or on'],
  ['F', 'Full screen'],
  ['0 – 9', 'Go to 0 % – 90 % of the video'],
  ['Home / End', 'Go to the beginning or the end'],
  ['?', 'Show these keys'],
];

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** `on`: what has the focus. Fields keep all their keys, buttons their space, sliders arrows. */
export function keyAction(event: Key, on: 'page' | 'button' | 'slider' | 'field'): KeyAction | null {
  if (event.ctrlKey || event.metaKey || event.altKey || on === 'field') return null;
  const { key } = event;
  if (on === 'button' && (key === ' ' || key === 'Enter')) return null;
  if (on === 'slider' && (key.startsWith('Arrow') || key === 'Home' || key === 'End')) return null;
  if (/^[0-9]$/.test(key)) return { do: 'share', of: Number(key) / 10 };
  switch (key.toLowerCase()) {
    case ' ':
    case 'k':
      return { do: 'toggle' };
    case 'j':
      return { do: 'skip', seconds: -10 };
    case 'l':
      return { do: 'skip', seconds: 10 };
    case 'arrowleft':
      return { do: 'skip', seconds: -5 };
    case 'arrowright':
      return { do: 'skip', seconds: 5 };
    case 'arrowup':
      return { do: 'volume', by: 0.05 };
    case 'arrowdown':
      return { do: 'volume', by: -0.05 };
    case 'm':
      return { do: 'mute' };
    case 'f':
      return { do: 'fullscreen' };
    case 'home':
      return { do: 'start' };
    case 'end':
      return { do: 'end' };
    case '?':
      return { do: 'help' };
    default:
      return null;
  }
}

export function focusKind(target: EventTarget | null): 'page' | 'button' | 'slider' | 'field' {
  if (!(target instanceof HTMLElement)) return 'page';
  if (target.matches('input[type="range"]')) return 'slider';
  if (target.isContentEditable || target.matches('input, textarea, select')) return 'field';
  if (target.closest('dialog, [role="menu"]')) return 'field';
  return target.closest('button, a') ? 'button' : 'page';
}
