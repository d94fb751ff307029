export function addressOf(path: string): string;
export function guidePage(folder: string, name: string): Promise<string | undefined>;
