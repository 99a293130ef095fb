import { command, errors, port, query } from '@kilomega/ports'
import { z } from 'zod'
import { Id, Text, Time } from './values.js'

export const renditionNames = ['webp-1600', 'avif-800', 'jpeg-400'] as const
export const RenditionName = z.enum(renditionNames)
export type RenditionName = z.infer<typeof RenditionName>

export const Rendition = z.object({
  name: RenditionName,
  type: z.string(),
  width: z.int(),
  height: z.int(),
  sizeBytes: z.int(),
  /** Hex SHA-256 of the bytes, the first 16 digits: part of the URL, whose content is therefore immutable. */
  hash: z.string(),
})
export type Rendition = z.infer<typeof Rendition>

export const Media = z.object({
  id: Id,
  ownerId: Id,
  status: z.enum(['processing', 'ready', 'failed']),
  /** Why it failed, as a code for programs: `CORRUPT_IMAGE`, `TOO_MANY_PIXELS`, … */
  reason: z.string().optional(),
  alt: z.string().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  /** Base64, about 25 bytes: a blurred preview. */
  thumbhash: z.string().nullable(),
  renditions: z.array(Rendition).max(renditionNames.length),
  /** Used in a published post: anyone may see it. */
  public: z.boolean(),
  createdAt: Time,
})
export type Media = z.infer<typeof Media>

/** Size limit of one upload, in bytes: 50 MiB. */
export const maxUploadBytes = 50 * 1024 * 1024

/** An upload whose bytes are in the object store's quarantine under `objectKey`, where the edge has put them. Bytes never travel through a port. */
export const Upload = z.object({
  objectKey: z.string().regex(/^quarantine\/[a-z0-9-]{1,64}$/),
  sizeBytes: z.int().min(1).max(maxUploadBytes),
  /** Hex SHA-256 of the bytes. A repeat under the same key stores them under another `objectKey`, and is recognised by this hash. */
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  alt: Text.max(1_000).optional(),
})
export type Upload = z.infer<typeof Upload>

export const RenditionBytes = z.object({
  objectKey: z.string(),
  type: z.string(),
  sizeBytes: z.int(),
  hash: z.string(),
  public: z.boolean(),
})
export type RenditionBytes = z.infer<typeof RenditionBytes>

const MediaRef = z.object({ id: Id })

/** Pictures: uploaded, measured, made into renditions by a job, served. */
export abstract class MediaPort extends port('media', {
  /** Reads type and size from the first bytes. If it refuses with `UNSUPPORTED_MEDIA_TYPE` or `MEDIA_REJECTED`, it removes the object. */
  accept: command({
    summary:
      'Moves an upload out of quarantine if its first bytes show an accepted picture; otherwise removes it and gives the reason. Renditions follow',
    access: 'user',
    input: Upload,
    output: Media,
    timeoutMs: 5_000,
  }),
  get: query({
    summary: 'State and renditions of a picture, for its owner, and for anyone once a published post uses it',
    access: 'anyone',
    input: MediaRef,
    output: Media,
    timeoutMs: 1_000,
  }),
  /** The location of the bytes of a rendition. */
  locate: query({
    summary: 'The location of the bytes of a rendition, for everyone who may see the picture',
    access: 'anyone',
    input: MediaRef.extend({ rendition: RenditionName }),
    output: RenditionBytes,
    timeoutMs: 1_000,
  }),
  remove: command({ summary: 'Removes a picture at once; its bytes are deleted soon after', access: 'user', input: MediaRef, timeoutMs: 2_000 }),
}) {}

export const mediaErrors = errors({
  UNSUPPORTED_MEDIA_TYPE: ['invalid', 'This file type is not supported', 415],
  MEDIA_REJECTED: ['invalid', 'The picture is outside the limits', 422],
})
