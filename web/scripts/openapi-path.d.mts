export function openApiPath(): string;
