/** A file the person chose, and checking that it is the one an upload was begun with. */
import { formatBytes } from '../format/bytes';
import type { FileFacts } from './types';

export interface ChosenFile {
  file: File;
  handle?: FileSystemFileHandle;
}

const BY_EXTENSION: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/x-m4v',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  avi: 'video/x-msvideo',
  ts: 'video/mp2t',
  mts: 'video/mp2t',
  m2ts: 'video/mp2t',
  mpg: 'video/mpeg',
  mpeg: 'video/mpeg',
  wmv: 'video/x-ms-wmv',
  flv: 'video/x-flv',
  ogv: 'video/ogg',
  '3gp': 'video/3gpp',
  mxf: 'application/mxf',
};

/** What the file picker offers. Browsers do not know all of these as video by themselves. */
export const ACCEPTED = ['video/*', ...Object.keys(BY_EXTENSION).map((name) => `.${name}`)].join();

export function factsOf(file: File): FileFacts {
  const extension = file.name.split('.').at(-1)?.toLowerCase() ?? '';
  const known = BY_EXTENSION[extension];
  // Browsers call .ts TypeScript or nothing at all: the extension says more.
  const content_type = file.type.startsWith('video/') ? file.type : (known ?? file.type);
  return { name: file.name, size_bytes: file.size, content_type };
}

/** Why this file cannot be uploaded at all, or null. */
export function refusal(facts: FileFacts): string | null {
  if (facts.size_bytes === 0) return `“${facts.name}” is empty.`;
  if (!facts.content_type.startsWith('video/') && facts.content_type !== 'application/mxf') {
    return `“${facts.name}” is not a video file.`;
  }
  return null;
}

/** Why this is not the file the upload was begun with, or null. */
export function mismatch(begun: Pick<FileFacts, 'name' | 'size_bytes'>, file: File): string | null {
  if (begun.name.normalize() !== file.name.normalize()) {
    return `This upload was begun with “${begun.name}”. You chose “${file.name}”.`;
  }
  if (begun.size_bytes !== file.size) {
    const [was, is] = [formatBytes(begun.size_bytes), formatBytes(file.size)];
    return `“${file.name}” has changed since the upload began: it was ${was}, now it is ${is}.`;
  }
  return null;
}

/** “holiday_2026-final.mp4” → “holiday 2026 final”. */
export function titleFrom(fileName: string): string {
  const stem = fileName.replace(/\.[^.]+$/, '');
  const words = stem.replace(/[_\s-]+/g, ' ').trim();
  return (words || stem || fileName).slice(0, 200);
}

interface HandleItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** Dropped files, with handles where the browser gives them. Folders are left out. */
export async function filesFromDrop(data: DataTransfer): Promise<ChosenFile[]> {
  // Everything has to be taken from the items before the first await empties them.
  const taken = [...data.items]
    .filter((item) => item.kind === 'file')
    .map((item: HandleItem) => ({
      file: item.getAsFile(),
      handle: item.getAsFileSystemHandle?.() ?? Promise.resolve(null),
    }));
  const chosen: ChosenFile[] = [];
  for (const { file, handle } of taken) {
    const found = await handle.catch(() => null);
    if (found?.kind === 'directory' || !file) continue;
    chosen.push(found ? { file, handle: found as FileSystemFileHandle } : { file });
  }
  return chosen;
}

type Picker = (options: object) => Promise<FileSystemFileHandle[]>;

/**
 * Asks with the browser's picker that gives handles. Null where there is none (use an input);
 * an empty list when the person cancelled.
 */
export async function filesFromPicker(multiple: boolean): Promise<ChosenFile[] | null> {
  const pick = (globalThis as { showOpenFilePicker?: Picker }).showOpenFilePicker;
  if (!pick) return null;
  try {
    const accept = { 'video/*': Object.keys(BY_EXTENSION).map((name) => `.${name}`) };
    const handles = await pick({ multiple, types: [{ description: 'Video', accept }] });
    return Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), handle })));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return [];
    if (error instanceof DOMException && error.name === 'SecurityError') return null;
    throw error;
  }
}
