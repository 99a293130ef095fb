import type { Connection } from '../api/connection.js'
import { makePicture } from './picture.js'
import type { Visitor } from './visitor.js'
import { expectThat, nothing, type Walk } from './walk.js'

interface Media {
  id: string
  status: string
  reason?: string
  renditions: { name: string; type: string; url: string; sizeBytes: number }[]
}
interface SearchAnswer {
  items: { id: string; title: string }[]
  correctedText?: string
}
interface Published {
  id: string
  authorId: string
  status: string
}

/** Publishes a photo and a post with it, and finds the post again. */
export async function publishPost(walk: Walk, connection: Connection, visitor: Visitor): Promise<void> {
  const media = await uploadPhoto(walk, connection, visitor)
  const post = await writePost(walk, connection, visitor, media.id)
  await lookAtPhoto(walk, connection, media)
  await findWithTypo(walk, connection, post)
}

async function uploadPhoto(walk: Walk, { api }: Connection, { token }: Visitor): Promise<Media> {
  const form = new FormData()
  form.set('alt', 'A gradient from blue to orange')
  form.set('file', new Blob([new Uint8Array(makePicture(1_200, 800))], { type: 'image/png' }), 'evening.png')
  const id = await walk.ask(api, {
    what: 'Upload a photo',
    request: { method: 'POST', path: '/v1/media', token, form },
    status: 202,
    read: ({ body }) => ({ value: (body as Media).id, says: (body as Media).status }),
  })
  return walk.ask(api, {
    what: 'Wait for its renditions',
    request: { method: 'GET', path: `/v1/media/${id}`, token },
    status: 200,
    polls: true,
    read: ({ body }) => {
      const media = body as Media
      expectThat(media.status === 'ready', `${media.status} ${media.reason ?? ''}`)
      expectThat(media.renditions.length === 3, `${media.renditions.length} renditions, expected 3`)
      return { value: media, says: media.renditions.map(({ name }) => name).join(', ') }
    },
  })
}

async function writePost(walk: Walk, { api }: Connection, { token }: Visitor, mediaId: string): Promise<Published> {
  const json = {
    title: 'An evening at the lighthouse',
    body: 'The keeper lit the *lantern* at dusk, and the whole bay turned to gold.',
    category: 'travel',
    tags: ['lighthouse', 'evening'],
    mediaIds: [mediaId],
  }
  const id = await walk.ask(api, {
    what: 'Write a post with the photo',
    request: { method: 'POST', path: '/v1/posts', token, json },
    status: 201,
    read: ({ body }) => ({ value: (body as Published).id, says: (body as Published).status }),
  })
  return walk.ask(api, {
    what: 'Publish it',
    request: { method: 'POST', path: `/v1/posts/${id}/publish`, token },
    status: 200,
    read: ({ body }) => {
      const post = body as Published
      expectThat(post.status === 'published', `the post is ${post.status}`)
      return { value: post, says: post.status }
    },
  })
}

async function lookAtPhoto(walk: Walk, { api }: Connection, { id }: Media): Promise<void> {
  const url = await walk.ask(api, {
    what: 'See the photo without signing in',
    request: { method: 'GET', path: `/v1/media/${id}` },
    status: 200,
    polls: true,
    read: ({ body }) => ({ value: urlOf(body as Media), says: 'public by now' }),
  })
  await walk.ask(api, {
    what: 'Load a rendition',
    request: { method: 'GET', path: url.pathname + url.search },
    status: 200,
    read: ({ body, headers }) => {
      const { length } = body as Buffer
      expectThat(length > 0, 'an empty picture')
      return { value: undefined, says: `${headers.get('content-type')}, ${length} bytes` }
    },
  })
}

/** Links may be absolute or relative to the host. */
function urlOf({ renditions }: Media): URL {
  const [first] = renditions
  expectThat(first !== undefined, 'no renditions')
  return new URL(first?.url ?? '', 'http://localhost')
}

/** Searches only the posts of this visitor, so that earlier tours do not get in the way. */
async function findWithTypo(walk: Walk, { api }: Connection, { id, authorId }: Published): Promise<void> {
  await walk.ask(api, {
    what: 'Find it with a typo',
    request: { method: 'GET', path: `/v1/search?q=lighthuose&author=${authorId}` },
    status: 200,
    polls: true,
    read: ({ body }) => {
      const { items, correctedText } = body as SearchAnswer
      expectThat(
        items.some((item) => item.id === id),
        'the post is not among the hits',
      )
      return { value: undefined, says: `"${items[0]?.title}"${correctedText === undefined ? '' : `, by "${correctedText}"`}` }
    },
  })
  await walk.ask(api, { what: 'Read it', request: { method: 'GET', path: `/v1/posts/${id}` }, status: 200, read: nothing })
}
