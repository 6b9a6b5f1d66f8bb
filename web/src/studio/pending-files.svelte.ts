/** Files chosen but not begun: they have no details yet. Kept while moving between pages. */
import type { ChosenFile } from '../upload/chosen-file';

class PendingFiles {
  list: { id: number; chosen: ChosenFile }[] = $state.raw([]);
  #next = 1;

  add(files: readonly ChosenFile[]): void {
    this.list = [...this.list, ...files.map((chosen) => ({ id: this.#next++, chosen }))];
  }

  clear(): void {
    this.list = [];
  }

  remove(id: number): void {
    this.list = this.list.filter((pending) => pending.id !== id);
  }
}

export const pendingFiles = new PendingFiles();
