"""convex-sdk 0.3.3 from PyPI, unmodified, against a local peer: python convex_sdk_client.py URL."""

import sys

from convex_sdk import Account, Convex, KeyPair
from convex_sdk.exceptions import ConvexAPIError, ConvexRequestError

convex = Convex(sys.argv[1])
key_pair = KeyPair()
account = convex.create_account(key_pair)
assert convex.request_funds(10000000, account) == 10000000
assert convex.topup_account(account, 5000000) == 0
assert convex.get_balance(account) == 10000000
assert convex.query("[1 2 #42]", account).value == [1, 2, 42]
assert convex.transact("(map inc [1 2 3 4 5])", account).value == [2, 3, 4, 5, 6]
assert convex.transfer(11, 100, account) == 100
assert convex.get_account_info(account).sequence == 2


def failure(kind, work):
    try:
        work()
    except kind as error:
        return error
    raise AssertionError("expected a " + kind.__name__)


assert failure(ConvexRequestError, lambda: convex.get_account_info(999999)).code == 404
assert failure(ConvexRequestError, lambda: convex.get_account_info(2**100)).code == 400
assert failure(ConvexAPIError, lambda: convex.transact('(fail :X "m")', account)).code == "X"
assert failure(ConvexRequestError, lambda: convex.transact("(+ 1", account)).code == 400
other = KeyPair()
moved = convex.transfer_account(Account(other, account.address), account)
assert moved.address == account.address
print("convex-sdk: all calls agree")
