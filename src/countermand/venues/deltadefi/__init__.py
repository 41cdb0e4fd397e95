"""The order API of DeltaDeFi, an order-book exchange on Cardano."""
