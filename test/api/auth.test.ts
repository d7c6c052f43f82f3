import { describe, expect, it } from '@jest/globals'
import supertest from 'supertest'
import { createApiKey, reachOf, readApiKeys, revokeApiKey } from '../../core/access/api-keys.ts'
import { openApi } from './api.ts'

const api = await openApi()
const request = supertest(api.server)
const path = '/api/v1/providers'

describe('a key', () => {
  it.each(['Bearer', 'bearer'])('is taken from Authorization after %s', async (word) => {
    const key = await api.key('read')
    await request.get(path).set('authorization', `${word} ${key}`).expect(200)
  })

  it('is taken from X-Api-Key', async () => {
    await request
      .get(path)
      .set('x-api-key', await api.key('read'))
      .expect(200)
  })

  it('is 256 random bits behind its mark, and only its hash is stored', async () => {
    const key = await api.key('read')
    expect(key).toMatch(/^os_[\w-]{43}$/)
    const stored = JSON.stringify(await api.town.sql.many`select * from api_key`)
    expect(stored).not.toContain(key.slice(3))
    expect(await readApiKeys(api.town)).toContainEqual(
      expect.not.objectContaining({ hash: expect.anything() }),
    )
  })

  it.each([
    ['none', {}],
    ['an unknown one', { authorization: 'Bearer os_unknown' }],
    ['another scheme', { authorization: 'Basic b3NfOng=' }],
    ['an empty one', { 'x-api-key': '' }],
  ])('%s is answered with 401', async (_name, headers) => {
    await request
      .get(path)
      .set(headers as Record<string, string>)
      .expect(401, { code: 'unauthenticated' })
      .expect('www-authenticate', 'Bearer')
  })

  it('is asked for before the request is looked at', async () => {
    await request.post('/api/v1/months/issue').type('json').send('{').expect(401)
    await request.get('/api/v1/imports/none').expect(401)
  })

  it('works no more once it is revoked', async () => {
    const created = await createApiKey(api.town, { name: 'left', scopes: ['read'] })
    const key = created.ok ? created.value.key : ''
    expect((await api.get(path, key)).status).toBe(200)
    expect(await revokeApiKey(api.town, 'left')).toEqual({ ok: true, value: undefined })
    expect((await api.get(path, key)).status).toBe(401)
    expect(await revokeApiKey(api.town, 'left')).toEqual({ ok: false, code: 'key-not-found' })
  })

  it('has a name of its own for ever', async () => {
    const twice = { name: 'accounting', scopes: ['read'] }
    expect(await createApiKey(api.town, twice)).toMatchObject({ ok: true })
    expect(await createApiKey(api.town, twice)).toEqual({ ok: false, code: 'name-taken' })
  })

  it.each([[''], ['write'], ['read:'], ['read:1'], ['read:55101018:x'], ['requests:55101018']])(
    'with the scope %j is not made',
    async (scope) => {
      const created = await createApiKey(api.town, { name: `with ${scope}`, scopes: [scope] })
      expect(created).toEqual({ ok: false, code: 'scope-unknown', scope })
    },
  )

  it('without scopes is not made', async () => {
    expect(await createApiKey(api.town, { name: 'idle', scopes: [] })).toMatchObject({ ok: false })
  })
})

describe('a scope', () => {
  it.each([
    ['get', '/api/v1/providers', ['imports', 'months', 'requests']],
    ['get', '/api/v1/accounts?number=1', ['imports', 'months', 'requests']],
    ['get', '/api/v1/accounts/1/statements', ['imports', 'months', 'requests']],
    ['get', '/api/v1/imports', ['read', 'months', 'requests']],
    ['get', '/api/v1/imports/1', ['read', 'months', 'requests']],
    ['post', '/api/v1/imports?kind=payments', ['read', 'months', 'requests']],
    ['post', '/api/v1/imports/1/undo', ['read', 'months', 'requests']],
    ['get', '/api/v1/months?provider=55101018', ['read', 'imports', 'requests']],
    ['post', '/api/v1/months/issue', ['read', 'imports', 'requests']],
    ['get', '/api/v1/link-requests', ['read', 'imports', 'months']],
    ['post', '/api/v1/link-requests/1/approve', ['read', 'imports', 'months']],
    ['post', '/api/v1/link-requests/1/decline', ['read', 'imports', 'months']],
  ] as const)('that is another one does not open %s %s', async (method, address, scopes) => {
    const answer = await api[method](address, await api.key(...scopes))
    expect([answer.status, answer.body]).toEqual([403, { code: 'forbidden' }])
  })

  it.each([
    [['read'], 'read', 'town'],
    [['read:55101018', 'read:55202042'], 'read', new Set(['55101018', '55202042'])],
    [['read:55101018', 'read'], 'read', 'town'],
    [['imports:55101018'], 'read', null],
  ] as const)('%j reaches for %s: %p', (scopes, activity, reach) => {
    expect(reachOf(scopes, activity)).toEqual(reach)
  })
})

describe('an error', () => {
  it('repeats nothing of a request that cannot be read', async () => {
    const key = await api.key('months')
    const bearer = { authorization: `Bearer ${key}` }
    const broken = request.post('/api/v1/months/issue').set(bearer).type('json').send('{"secret')
    await broken.expect(400, { code: 'bad-request' })
    const wrong = await api.post('/api/v1/months/issue', key, {
      provider: 'secret',
      month: 'secret',
      more: 1,
    })
    expect(wrong.status).toBe(400)
    expect(JSON.stringify(wrong.body)).not.toContain('secret')
    expect(wrong.body.issues.map(({ path: at }: { path: string }) => at)).toEqual([
      'body.provider',
      'body.month',
      'body.more',
    ])
  })

  it('says nothing of what broke inside', async () => {
    const key = await api.key('read')
    await api.town.sql.unsafe('ALTER TABLE provider RENAME TO gone')
    const answer = await api.get(path, key)
    await api.town.sql.unsafe('ALTER TABLE gone RENAME TO provider')
    expect([answer.status, answer.body]).toEqual([500, { code: 'internal' }])
  })

  it('is told for an address that is not there', async () => {
    await request.get('/api/v1/nothing').expect(404, { code: 'not-found' })
    await request.delete('/api/v1/imports').expect(404, { code: 'not-found' })
    await request.get('/api/v1/imports/%ff').expect(400, { code: 'bad-request' })
  })
})
