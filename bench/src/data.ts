/** Session data of about 200 bytes: what a site keeps of a logged-in visitor. */
export const small = {
  userId: 'user-1234567',
  name: 'John Smith',
  roles: ['member', 'editor'],
  theme: 'dark',
  returnTo: '/account/settings/profile',
  csrf: 'mJ2v7Qk0xT9pLr4sYw8bZc1dFgHn5aVe',
  visits: 42,
};

/** Session data of about 4 KB: a shopping cart. */
export const large = {
  ...small,
  cart: Array.from({ length: 38 }, (_, index) => ({
    sku: `SKU-${1000 + index}`,
    title: `Article number ${index} of the catalogue`,
    quantity: (index % 4) + 1,
    price: 1999 + index * 10,
  })),
};

/** The sizes that are measured, by the names used in results. */
export const sizes = { '200 B': small, '4 KB': large } as const;

export type Size = keyof typeof sizes;
