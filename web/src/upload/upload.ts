/**
 * One file on its way, part by part. What the server holds is never sent again: each start asks
 * for the received parts first, so a pause, a reload and another device are all the same case.
 * A lost line is waited out for as long as it takes; only a refusal ends in `failed`.
 */
import {
  assertReadable,
  explain,
  FileUnreadable,
  isAboutParts,
  isSilence,
  isWorthAnotherTry,
  restMs,
} from './failures';
import { SpeedMeter } from './meter';
import { Pace } from './pace';
import { PartUrls } from './part-urls';
import { keptParts, missingParts, partRange, partSize } from './plan';
import type { Surroundings } from './retry';
import { PartFailed, type PartTransport } from './transport';
import type {
  FinishedPart,
  PartUrl,
  UploadApi,
  UploadPhase,
  UploadPlan,
  UploadProgress,
} from './types';

/** Refusals in a row, of one part or call, before the upload is given up. */
const REFUSALS = 6;
/** Times the server may find parts missing at the end before we stop filling in. */
const ROUNDS = 3;

const CONNECTION_LOST = 'No connection. The upload goes on by itself when it is back.';
const SERVER_BUSY = 'The server is busy. The upload goes on by itself in a moment.';

export interface UploadPorts {
  api: UploadApi;
  transport: PartTransport;
  surroundings: Surroundings;
  onChange(): void;
}

export interface UploadSource {
  videoId: string;
  file: Blob;
  /** Known right after creation; a resumed upload asks the server. */
  created?: { plan: UploadPlan; urls: PartUrl[] };
}

export class Upload {
  readonly #videoId: string;
  readonly #file: Blob;
  readonly #ports: UploadPorts;
  readonly #urls: PartUrls;
  readonly #meter = new SpeedMeter();
  readonly #pace = new Pace();
  /** Part number to ETag, null while the storage has not shown it. */
  readonly #done = new Map<number, string | null>();
  readonly #onTheWay = new Map<number, number>();
  #plan: UploadPlan | null;
  #asked: boolean;
  #stop: AbortController | null = null;
  #running: Promise<UploadPhase> | null = null;
  #phase: UploadPhase = 'preparing';
  #message: string | null = null;
  #workers = 0;
  /** Tries that failed since a byte last moved. */
  #fruitless = 0;

  constructor(source: UploadSource, ports: UploadPorts) {
    this.#videoId = source.videoId;
    this.#file = source.file;
    this.#ports = ports;
    this.#plan = source.created?.plan ?? null;
    this.#asked = source.created !== undefined;
    this.#urls = new PartUrls(
      (numbers) => ports.api.renew(source.videoId, numbers),
      () => ports.surroundings.now(),
    );
    if (source.created) this.#urls.keep(source.created.urls);
  }

  get progress(): UploadProgress {
    const now = this.#ports.surroundings.now();
    const sentBytes = this.#sentBytes();
    const moving = this.#phase === 'uploading';
    const speed = moving ? this.#meter.bytesPerSecond(now) : null;
    return {
      phase: this.#phase,
      sentBytes,
      totalBytes: this.#file.size,
      bytesPerSecond: speed,
      secondsLeft: moving ? this.#meter.secondsLeft(now, this.#file.size - sentBytes) : null,
      message: this.#message,
    };
  }

  /** Sends until it is done, paused or refused; the phase it stopped in. */
  start(): Promise<UploadPhase> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Stops at once. Parts on the way are lost; received ones are not. */
  pause(): void {
    this.#stop?.abort(new DOMException('paused', 'AbortError'));
  }

  async #run(): Promise<UploadPhase> {
    const stop = new AbortController();
    this.#stop = stop;
    this.#meter.reset();
    this.#fruitless = 0;
    try {
      await this.#finish(stop.signal);
      this.#enter('done');
    } catch (error) {
      if (stop.signal.aborted) this.#enter('paused');
      else if (error instanceof FileUnreadable) this.#enter('needs-file', error.message);
      else this.#enter('failed', explain(error));
    }
    // Whatever comes next begins with what the server holds then.
    this.#asked = false;
    return this.#phase;
  }

  async #finish(signal: AbortSignal): Promise<void> {
    for (let round = 1; ; round += 1) {
      if (!this.#asked) await this.#ask(signal);
      await this.#sendMissing(this.#knownPlan(), signal);
      this.#asked = false;
      this.#enter('finishing');
      // The storage may hide ETags from scripts; the server knows them too.
      if ([...this.#done.values()].includes(null)) await this.#ask(signal);
      try {
        await this.#persist(() => this.#ports.api.complete(this.#videoId, this.#parts()), signal);
        return;
      } catch (error) {
        // The server misses a part we believe in, or holds another: its word counts.
        if (!isAboutParts(error) || round === ROUNDS) throw error;
      }
    }
  }

  async #ask(signal: AbortSignal): Promise<void> {
    if (this.#phase !== 'finishing') this.#enter('preparing');
    const answer = await this.#persist(() => this.#ports.api.received(this.#videoId), signal);
    this.#plan = answer;
    this.#done.clear();
    for (const part of keptParts(answer, this.#file.size, answer.received_parts)) {
      this.#done.set(part.part_number, part.etag);
    }
    this.#asked = true;
  }

  async #sendMissing(plan: UploadPlan, signal: AbortSignal): Promise<void> {
    const queue = missingParts(plan, new Set(this.#done.keys()));
    if (queue.length === 0) return;
    this.#enter('uploading');
    // One refused part ends the others: their bytes would go nowhere.
    const group = new AbortController();
    const either = AbortSignal.any([signal, group.signal]);
    let refusal: unknown = null;
    const crew: Promise<void>[] = [];
    const worker = async (): Promise<void> => {
      this.#workers += 1;
      try {
        for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
          await this.#sendPart(plan, part, queue, either);
          hire();
          if (this.#workers > this.#pace.limit) break;
        }
      } catch (error) {
        refusal ??= error;
        group.abort(error);
      } finally {
        this.#workers -= 1;
      }
    };
    const hire = (): void => {
      while (this.#workers < this.#pace.limit && queue.length > 0) crew.push(worker());
    };
    hire();
    // The crew may grow while it is waited for.
    for (const member of crew) await member;
    if (refusal !== null) throw refusal;
  }

  async #sendPart(
    plan: UploadPlan,
    part: number,
    queue: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    const { start, end } = partRange(plan, this.#file.size, part);
    const body = this.#file.slice(start, end);
    const send = async (): Promise<string | null> => {
      const url = await this.#urls.get(part, queue);
      signal.throwIfAborted();
      const setOut = this.#ports.surroundings.now();
      try {
        const etag = await this.#ports.transport.send(url, body, {
          signal,
          onProgress: (bytes) => {
            this.#revive();
            this.#moved(part, Math.min(bytes, end - start));
          },
        });
        this.#pace.note(this.#ports.surroundings.now() - setOut);
        return etag;
      } catch (error) {
        this.#moved(part, null);
        if (error instanceof PartFailed && error.status === null) await assertReadable(body);
        if (error instanceof PartFailed && error.status === 403) this.#urls.drop(part);
        throw error;
      }
    };
    const etag = await this.#persist(send, signal);
    this.#done.set(part, etag);
    this.#revive();
    this.#moved(part, null);
  }

  /** Tries until it works, is refused for good, or is aborted. */
  async #persist<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let failures = 0;
    let refusals = 0;
    for (;;) {
      signal.throwIfAborted();
      try {
        return await act();
      } catch (error) {
        signal.throwIfAborted();
        if (!isWorthAnotherTry(error)) throw error;
        failures += 1;
        if (!isSilence(error)) refusals += 1;
        if (refusals >= REFUSALS) throw error;
        this.#noteFruitless(error);
        const { random, wait } = this.#ports.surroundings;
        await wait(restMs(error, failures, random()), signal);
      }
    }
  }

  /** `waiting` is when every part has failed since a byte last moved. */
  #noteFruitless(error: unknown): void {
    this.#fruitless += 1;
    if (this.#fruitless < this.#workers || this.#phase === 'waiting') return;
    this.#enter('waiting', isSilence(error) ? CONNECTION_LOST : SERVER_BUSY);
  }

  #revive(): void {
    this.#fruitless = 0;
    if (this.#phase !== 'waiting') return;
    this.#meter.reset();
    this.#enter('uploading');
  }

  #moved(part: number, bytes: number | null): void {
    if (bytes === null) this.#onTheWay.delete(part);
    else this.#onTheWay.set(part, bytes);
    this.#meter.record(this.#ports.surroundings.now(), this.#sentBytes());
    this.#ports.onChange();
  }

  #sentBytes(): number {
    let bytes = 0;
    if (this.#plan) {
      for (const part of this.#done.keys()) bytes += partSize(this.#plan, this.#file.size, part);
    }
    for (const moving of this.#onTheWay.values()) bytes += moving;
    return bytes;
  }

  #parts(): FinishedPart[] {
    return [...this.#done]
      .sort(([a], [b]) => a - b)
      .map(([part_number, etag]) => ({ part_number, etag: etag ?? '' }));
  }

  #knownPlan(): UploadPlan {
    if (!this.#plan) throw new Error('the plan is asked for before parts are sent');
    return this.#plan;
  }

  #enter(phase: UploadPhase, message: string | null = null): void {
    this.#phase = phase;
    this.#message = message;
    this.#ports.onChange();
  }
}
