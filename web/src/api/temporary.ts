import { ApiError, NetworkError } from './problem';

/** Whether sending the same request again, later, may help. */
export function isTemporary(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof ApiError && error.isTemporary);
}
