import type { RenditionName } from '@kilomega/contracts'

/** Where the edge puts uploads; the port accepts no other place. */
export const quarantine = 'quarantine/'
export const mediaFolder = 'media/'

export const folderOf = (mediaId: string): string => `${mediaFolder}${mediaId}/`
export const originalKey = (mediaId: string): string => `${folderOf(mediaId)}original`
/** The same bytes have the same key, so that a repeated job writes what already exists. */
export const renditionKey = (mediaId: string, { name, hash }: { name: RenditionName; hash: string }): string => `${folderOf(mediaId)}${name}-${hash}`
/** Sorts and compares like the key: the id is its second segment. */
export const mediaIdOf = (key: string): string => key.split('/')[1] ?? ''
