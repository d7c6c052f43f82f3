import { z } from 'zod'
import { findAccountsByNumber } from '../../core/registry/find-account-details.ts'
import { findProviders } from '../../core/registry/find-providers.ts'
import { refuse } from '../../core/result.ts'
import { answer, endpoint, reply } from '../endpoint.ts'
import { idField, monthField, named, providerField } from '../fields.ts'
import { FORBIDDEN, mayUse, withinReach } from './reach.ts'

const NUMBER_CHARS = 50

const Provider = named(
  'Provider',
  z.strictObject({
    code: z.string(),
    name: z.string(),
    chargedFrom: monthField.nullable().meta({
      description: 'First month charged here; null: its accounting program sends finished charges',
    }),
    services: z.array(z.strictObject({ code: z.string(), name: z.string(), unit: z.string() })),
  }),
)
const Account = named(
  'Account',
  z.strictObject({
    id: idField,
    number: z.string().meta({ description: 'As the provider writes it' }),
    provider: z.string().meta({ description: 'Code of the provider' }),
    address: z.strictObject({
      streetType: z.string(),
      street: z.string(),
      house: z.string(),
      flat: z.string(),
    }),
    agreements: z.array(
      z.strictObject({ id: idField, service: z.string(), serviceName: z.string() }),
    ),
  }),
)

const listProviders = endpoint({
  method: 'get',
  path: '/api/v1/providers',
  activity: 'read',
  summary: 'List providers',
  answers: {
    200: answer(
      'Providers and their services, as far as the key reaches',
      named('Providers', z.strictObject({ providers: z.array(Provider) })),
      {
        providers: [
          {
            code: '55101018',
            name: 'КП «Ізенгардводоканал»',
            chargedFrom: null,
            services: [{ code: '10', name: 'Холодна вода', unit: 'м³' }],
          },
        ],
      },
    ),
  },
  refusals: {},
  async run({ caller, town }) {
    const { providers } = withinReach(caller.reach)
    return reply(200, { providers: await findProviders(town, providers) })
  },
})

const findAccounts = endpoint({
  method: 'get',
  path: '/api/v1/accounts',
  activity: 'read',
  summary: 'Find accounts by number',
  description:
    'Letters that look alike, dashes, spaces and case make no difference; leading zeros count. Without ' +
    '`provider` the same number may be found at several ones.',
  query: z.strictObject({
    number: z.string().trim().min(1).max(NUMBER_CHARS),
    provider: providerField.optional(),
  }),
  answers: {
    200: answer(
      'Accounts of this number, none or some',
      named('Accounts', z.strictObject({ accounts: z.array(Account) })),
      {
        accounts: [
          {
            id: 1,
            number: '101',
            provider: '55101018',
            address: { streetType: 'вул.', street: 'Боромира', house: '4', flat: '29' },
            agreements: [{ id: 1, service: '10', serviceName: 'Холодна вода' }],
          },
        ],
      },
    ),
  },
  refusals: { forbidden: FORBIDDEN },
  async run({ caller, query, town }) {
    const { number, provider } = query
    if (provider !== undefined && !mayUse(caller, provider)) return refuse('forbidden')
    const scope = provider === undefined ? withinReach(caller.reach) : { providers: [provider] }
    const found = await findAccountsByNumber(town, { number, ...scope })
    const accounts = found.map((account) => ({ ...account, provider: account.provider.code }))
    return reply(200, { accounts })
  },
})

/** Who delivers what to whom. */
export const registryEndpoints = [listProviders, findAccounts]
