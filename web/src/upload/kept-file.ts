/** What a browser keeps of a file for a reload: a handle to it, or a copy of a small one. */
import type { ChosenFile } from './chosen-file';
import type { UploadRecord } from './store';

/** Small enough that keeping a copy in the browser costs a moment only. */
const COPY_LIMIT_BYTES = 256 * 1000 * 1000;

/** What goes into the record; nothing of a large file without a handle. */
export function keepable(chosen: ChosenFile): Pick<UploadRecord, 'handle' | 'copy'> {
  if (chosen.handle) return { handle: chosen.handle };
  return chosen.file.size <= COPY_LIMIT_BYTES ? { copy: chosen.file } : {};
}

type Permission = (options: { mode: 'read' }) => Promise<PermissionState>;
interface AskableHandle extends FileSystemFileHandle {
  queryPermission?: Permission;
  requestPermission?: Permission;
}

/** Whether the file can be read again; with `mayAsk` the browser may ask the person. */
export async function mayRead(handle: AskableHandle, mayAsk: boolean): Promise<boolean> {
  const now = (await handle.queryPermission?.({ mode: 'read' })) ?? 'granted';
  if (now === 'granted' || !mayAsk) return now === 'granted';
  return (await handle.requestPermission?.({ mode: 'read' })) === 'granted';
}
