"""What the tests share: people, and a booking."""

SITE = "https://parcels.example.com"
RECIPIENT, DRIVER, SECOND_DRIVER, THIRD_DRIVER = "+14155550100", "+14155550101", "+14155550102", "+14155550103"


def book(dispatcher, parcel="parcel-7", recipient=RECIPIENT, driver=DRIVER):
    return dispatcher.post("/deliveries", json={"parcel": parcel, "recipient": recipient, "driver": driver})


def assign(dispatcher, driver):
    return dispatcher.put("/deliveries/parcel-7/driver", json={"driver": driver})
