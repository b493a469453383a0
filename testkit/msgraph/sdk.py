"""Microsoft's own SDK (`msgraph-beta-sdk`) reads the simulated Graph: devices, the results of a reset and of a Mac's lock by their types,
the body of an error.

usage: sdk.py GRAPH_URL PERSON
"""

import asyncio
import sys

import httpx
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from msgraph_beta import GraphServiceClient
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_beta.graph_request_adapter import GraphRequestAdapter

GRAPH, PERSON = sys.argv[1:]
DEVICE = "00000004-0000-4000-8000-000000009001"
MAC = "00000008-0000-4000-8000-000000009001"
NOBODY = "00000000-0000-4000-8000-00000000dead"


async def main():
    client = httpx.AsyncClient(headers={"authorization": "Bearer test-1"})
    adapter = GraphRequestAdapter(AnonymousAuthenticationProvider(), client=client)
    adapter.base_url = f"{GRAPH}/beta"
    graph = GraphServiceClient(request_adapter=adapter)
    devices = (await graph.users.by_user_id(PERSON).managed_devices.get()).value
    assert len(devices) >= 4, devices
    assert all(one.device_enrollment_type and one.management_state for one in devices), devices
    managed = graph.device_management.managed_devices

    async def carried_out(device, action):
        await client.post(f"{GRAPH}/v1.0/deviceManagement/managedDevices/{device}/{action}")
        for _ in range(100):
            results = (await managed.by_managed_device_id(device).get()).device_action_results
            result = [one for one in results if one.action_name == action][-1]
            if result.action_state.value == "done":
                return result
            await asyncio.sleep(0.1)
        raise AssertionError(f"{action} of {device} was never done")

    result = await carried_out(DEVICE, "resetPasscode")
    assert type(result).__name__ == "ResetPasscodeActionResult", type(result)
    assert result.passcode and result.error_code == 0 and result.start_date_time, "a result by its type"
    mac = {"id": MAC, "userId": PERSON, "deviceName": "Mac", "operatingSystem": "macOS",
           "deviceEnrollmentType": "userEnrollment", "managementState": "managed"}
    await client.put(f"{GRAPH}/simulation", json={"devices": [mac]})
    lock = await carried_out(MAC, "remoteLock")
    assert type(lock).__name__ == "RemoteLockActionResult" and lock.unlock_pin, type(lock)
    assert (await managed.by_managed_device_id(DEVICE).detected_apps.get()).value == []
    assert (await graph.device_management.intune_branding_profiles.get()).value == []
    try:
        await managed.by_managed_device_id(NOBODY).get()
        raise AssertionError("a device that is not there was answered")
    except ODataError as error:
        assert error.response_status_code == 404 and error.error.inner_error.request_id, error
    print("ok   Microsoft's SDK read devices, two results by their types, applications, profiles and an error")


asyncio.run(main())
