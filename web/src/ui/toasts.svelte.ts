/** Short messages at the edge of the page that go away by themselves. */

export interface Toast {
  id: number;
  text: string;
  kind: 'good' | 'danger';
}

const SHOWN_MS = 6_000;

class Toasts {
  list: Toast[] = $state([]);
  #next = 1;

  say(text: string, kind: Toast['kind'] = 'good'): void {
    const id = this.#next++;
    this.list.push({ id, text, kind });
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
