"""Microsoft's own SDK (`msgraph-beta-sdk`) reads the simulated Graph: devices, the result of a reset by its type, the body of an error.

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
    await client.post(f"{GRAPH}/v1.0/deviceManagement/managedDevices/{DEVICE}/resetPasscode")
    result = None
    for _ in range(100):
        results = (await managed.by_managed_device_id(DEVICE).get()).device_action_results
        result = [one for one in results if one.action_name == "resetPasscode"][-1]
        if result.action_state.value == "done":
            break
        await asyncio.sleep(0.1)
    assert type(result).__name__ == "ResetPasscodeActionResult", type(result)
    assert result.passcode and result.error_code == 0 and result.start_date_time, "a result by its type"
    assert (await managed.by_managed_device_id(DEVICE).detected_apps.get()).value == []
    assert (await graph.device_management.intune_branding_profiles.get()).value == []
    try:
        await managed.by_managed_device_id(NOBODY).get()
        raise AssertionError("a device that is not there was answered")
    except ODataError as error:
        assert error.response_status_code == 404 and error.error.inner_error.request_id, error
    print("ok   Microsoft's SDK read devices, a result by its type, applications, profiles and an error")


asyncio.run(main())
