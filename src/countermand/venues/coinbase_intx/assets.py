"""Assets."""

from msgspec import Raw

from countermand.venues.coinbase_intx import ids, resolve
from countermand.venues.coinbase_intx.ids import Kind
from countermand.venues.coinbase_intx.messages import markets as m
from countermand.venues.coinbase_intx.messages.shared import ZERO
from countermand.venues.coinbase_intx.presentation import COLLATERAL
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.instrument import Asset
from countermand.wire.conversation import Nothing, Op, reply

_ONE = Raw(b"1")


def show_assets(message: Nothing, ctx: Ctx) -> list[m.Asset]:
    """Return all assets."""
    return [show_asset(asset) for asset in ctx.directory.assets.values()]


def show_one_asset(message: m.GetAsset, ctx: Ctx) -> m.Asset:
    """Return the asset asked for. Raises NotFound."""
    return show_asset(resolve.asset(message.asset, ctx))


def show_networks(message: m.ListNetworks, ctx: Ctx) -> list[m.Asset]:
    """Return the networks an asset can be moved on: none, it is practice money. Raises NotFound."""
    resolve.asset(message.asset, ctx)
    return []


def show_asset(asset: Asset) -> m.Asset:
    """Return an asset."""
    return m.Asset(
        asset_id=str(asset.asset_id),
        asset_uuid=ids.uuid(Kind.ASSET, asset.asset_id),
        asset_name=asset.symbol,
        collateral_weight=_ONE if asset.symbol == COLLATERAL else ZERO,
    )


LIST = Op(Nothing, list[m.Asset], reply(show_assets))
GET = Op(m.GetAsset, m.Asset, reply(show_one_asset))
NETWORKS = Op(m.ListNetworks, list[m.Asset], reply(show_networks))
